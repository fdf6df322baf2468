package dev.signalbox.delivery.queue;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One part of a {@link CronSchedule}.
 *
 * @param isOpen whether it begins with {@code *}
 */
record CronField(BitSet values, boolean isOpen) {
    private static final Pattern PART = Pattern.compile("(?:\\*|(\\w{1,3})(?:-(\\w{1,3}))?)(?:/(\\d{1,2}))?");

    /** By their places from 1 and from 0. */
    private static final List<String> MONTHS =
            List.of("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

    private static final List<String> WEEKDAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

    static CronField parse(String name, String text, int least, int most) {
        BitSet values = new BitSet();
        for (String part : text.split(",", -1)) {
            add(values, name, part, least, most);
        }
        return new CronField(values, text.startsWith("*"));
    }

    private static void add(BitSet values, String name, String part, int least, int most) {
        Matcher matcher = PART.matcher(part);
        check(matcher.matches(), name, part);
        boolean all = matcher.group(1) == null;
        boolean stepped = matcher.group(3) != null;
        int from = all ? least : number(name, part, matcher.group(1));
        int to = all || (stepped && matcher.group(2) == null)
                ? most
                : matcher.group(2) == null ? from : number(name, part, matcher.group(2));
        int step = stepped ? Integer.parseInt(matcher.group(3)) : 1;
        check(from >= least && to <= most && from <= to && step >= 1, name, part);
        for (int value = from; value <= to; value += step) {
            values.set(value);
        }
    }

    private static int number(String name, String part, String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        int named = name.equals("month") ? MONTHS.indexOf(lower) : WEEKDAYS.indexOf(lower);
        boolean mayBeNamed = name.equals("month") || name.equals("day of the week");
        if (mayBeNamed && named >= 0) {
            return named;
        }
        check(lower.chars().allMatch(c -> c >= '0' && c <= '9'), name, part);
        return Integer.parseInt(lower);
    }

    private static void check(boolean holds, String name, String part) {
        Limits.check(holds, "cron", "has a " + name + " that cannot be: '" + Limits.fitted(part) + "'");
    }

    boolean has(int value) {
        return values.get(value);
    }
}
