package dev.signalbox.server.configuration;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 250ms}, {@code 1m30s}, {@code 1.5h}, {@code 2d}, or ISO 8601. */
public final class DurationText {
    private static final Pattern PART = Pattern.compile("(\\d{1,9})(?:\\.(\\d{1,9}))?(ns|us|µs|ms|s|m|h|d)");
    private static final Pattern WHOLE = Pattern.compile("(?:" + PART.pattern() + "){1,8}");

    private static final int DIGITS = 9; // at most, before and after the point
    private static final long BILLION = 1_000_000_000;

    private DurationText() {}

    /**
     * Reads a duration.
     *
     * @throws IllegalArgumentException if the text is none
     */
    public static Duration parse(String text) {
        try {
            if (text.equals("0")) {
                return Duration.ZERO;
            }
            return WHOLE.matcher(text).matches() ? sum(text) : Duration.parse(text);
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is not a duration such as 250ms, 30s or 1m30s", e);
        }
    }

    private static Duration sum(String text) {
        var parts = PART.matcher(text);
        var sum = Duration.ZERO;
        while (parts.find()) {
            long unit = nanos(parts.group(3));
            long whole = Math.multiplyExact(Long.parseLong(parts.group(1)), unit);
            String fraction = parts.group(2);
            sum = sum.plusNanos(fraction == null ? whole : Math.addExact(whole, nanos(fraction, unit)));
        }
        return sum;
    }

    /**
     * The nanoseconds in a decimal fraction of a unit, rounded down. Without BigDecimal, whose first use makes a table of large powers,
     * which took a twentieth of a server's start. No product is too large: a unit below a second is smaller than a billion nanoseconds,
     * and the others are whole seconds.
     */
    private static long nanos(String fraction, long unit) {
        long billionths = Long.parseLong(fraction) * power(DIGITS - fraction.length());
        return unit < BILLION ? billionths * unit / BILLION : billionths * (unit / BILLION);
    }

    private static long power(int exponent) {
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= 10;
        }
        return power;
    }

    private static long nanos(String unit) {
        return switch (unit) {
            case "ns" -> 1;
            case "us", "µs" -> 1_000;
            case "ms" -> 1_000_000;
            case "s" -> 1_000_000_000;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            default -> 86_400_000_000_000L;
        };
    }

    /** The shortest way to write it, to the millisecond. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        for (var unit : new String[] {"d", "h", "m", "s"}) {
            long size = nanos(unit) / 1_000_000;
            if (millis % size == 0) {
                return millis / size + unit;
            }
        }
        return millis + "ms";
    }
}
