package dev.signalbox.session.bus;

import java.time.Duration;
import java.util.function.Supplier;

/** The limits of what may be asked, in the words of the field concerned. */
final class Limits {
    private static final int SESSION = 200;
    private static final int GROUP = 100;

    private Limits() {}

    static String session(String session) {
        return visible("session", session, SESSION);
    }

    static String group(String group) {
        return visible("group", group, GROUP);
    }

    /** No blanks: adapters put several names into one line. */
    private static String visible(String field, String text, int longest) {
        check(
                !text.isEmpty() && text.length() <= longest,
                () -> field + " has " + text.length() + " characters; give 1 to " + longest);
        check(
                isPlain(text) || text.codePoints().allMatch(Limits::isVisible),
                () -> field + " holds a blank or a character that cannot be seen; use letters, digits and signs");
        return text;
    }

    /** Names of ASCII, which is most of them, are checked at each send, so that is made quick. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    static void range(String field, long value, long least, long most) {
        check(value >= least && value <= most, () -> field + " is " + value + "; it must be " + least + " to " + most);
    }

    static void range(String field, Duration value, Duration least, Duration most) {
        check(
                value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
                () -> field + " is " + value + "; it must be " + least + " to " + most);
    }

    private static void check(boolean valid, Supplier<String> problem) {
        if (!valid) {
            throw new IllegalArgumentException(problem.get());
        }
    }
}
