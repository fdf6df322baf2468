package dev.signalbox.http;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * How long a server asks to wait: {@code retry-after-ms} and {@code x-ms-retry-after-ms} in milliseconds, which OpenAI and
 * Azure send and are the finest, else {@code Retry-After} in seconds, with a fraction too, or as a date in any of the three
 * forms of HTTP (RFC 9110, 10.2.3).
 *
 * <p>A date is held against the response's own {@code Date}, so that the two clocks need not agree.
 */
public final class RetryAfter {
    /** The longest wait that is understood, 365 days; more is shortened to it. */
    public static final Duration LONGEST = Duration.ofDays(365);

    private static final int LONGEST_TEXT = 64;
    private static final Pattern NUMBER = Pattern.compile("[0-9]+(\\.[0-9]+)?");
    private static final BigDecimal NANOS_A_MILLISECOND = BigDecimal.valueOf(1_000_000);
    private static final BigDecimal NANOS_A_SECOND = BigDecimal.valueOf(1_000_000_000);

    private RetryAfter() {}

    /**
     * Reads a response's headers. Never throws, whatever they say.
     *
     * @param headers the first value of a header, by its name in lower case
     * @param now the time here, for a response without {@code Date}
     * @return 0 to {@link #LONGEST}; empty if nothing usable is said
     */
    public static Optional<Duration> of(Function<String, Optional<String>> headers, Instant now) {
        return number(headers, "retry-after-ms", NANOS_A_MILLISECOND)
                .or(() -> number(headers, "x-ms-retry-after-ms", NANOS_A_MILLISECOND))
                .or(() -> number(headers, "retry-after", NANOS_A_SECOND))
                .or(() -> untilDate(headers, now));
    }

    private static Optional<String> header(Function<String, Optional<String>> headers, String name) {
        return headers.apply(name).map(String::strip);
    }

    private static Optional<Duration> number(
            Function<String, Optional<String>> headers, String name, BigDecimal nanosEach) {
        return header(headers, name)
                .filter(text -> NUMBER.matcher(text).matches())
                .map(text -> text.length() > LONGEST_TEXT ? LONGEST : wait(new BigDecimal(text), nanosEach));
    }

    private static Duration wait(BigDecimal number, BigDecimal nanosEach) {
        BigDecimal nanos = number.multiply(nanosEach).setScale(0, RoundingMode.CEILING);
        boolean tooLong = nanos.compareTo(BigDecimal.valueOf(LONGEST.toNanos())) > 0;
        return tooLong ? LONGEST : Duration.ofNanos(nanos.longValueExact());
    }

    private static Optional<Duration> untilDate(Function<String, Optional<String>> headers, Instant now) {
        Instant theirs = header(headers, "date")
                .flatMap(text -> HttpDate.parse(text, now))
                .orElse(now);
        return header(headers, "retry-after")
                .flatMap(text -> HttpDate.parse(text, now))
                .map(until -> bounded(Duration.between(theirs, until)));
    }

    private static Duration bounded(Duration wait) {
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
