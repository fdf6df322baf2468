package dev.signalbox.database;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go's drivers read them, of one unit: {@code 500ms}, {@code 5s}, {@code 1m}. */
final class GoDuration {
    private static final Pattern FORM = Pattern.compile("(\\d{1,6})(ms|s|m)");

    private GoDuration() {}

    static String millis(String name, String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "parameter " + name + " is '" + text + "'; write a duration such as 500ms, 5s or 1m");
        }
        int factor = switch (matcher.group(2)) {
            case "ms" -> 1;
            case "s" -> 1_000;
            default -> 60_000;
        };
        return Long.toString(Long.parseLong(matcher.group(1)) * factor);
    }
}
