package dev.signalbox.llm;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long a provider asks to wait: {@code retry-after-ms} and {@code x-ms-retry-after-ms} in milliseconds, which OpenAI and
 * Azure send and are the finest, else {@code Retry-After} in seconds, with a fraction too, or as a date (RFC 9110, 10.2.3).
 *
 * <p>A date is held against the response's own {@code Date}, so that the two clocks need not agree.
 */
final class RetryAfter {
    private static final Pattern NUMBER = Pattern.compile("\\d{1,12}(\\.\\d{1,9})?");
    private static final Duration LONGEST = Duration.ofDays(365);

    private RetryAfter() {}

    /** Never negative; empty if nothing usable is said. */
    static Optional<Duration> of(Map<String, List<String>> headers, Instant now) {
        return header(headers, "retry-after-ms")
                .flatMap(RetryAfter::milliseconds)
                .or(() -> header(headers, "x-ms-retry-after-ms").flatMap(RetryAfter::milliseconds))
                .or(() -> header(headers, "retry-after").flatMap(text -> secondsOrDate(text, headers, now)));
    }

    private static Optional<String> header(Map<String, List<String>> headers, String name) {
        return headers.entrySet().stream()
                .filter(entry -> entry.getKey().toLowerCase(Locale.ROOT).equals(name))
                .flatMap(entry -> entry.getValue().stream())
                .map(String::strip)
                .findFirst();
    }

    private static Optional<Duration> milliseconds(String text) {
        return number(text, value -> value / 1000);
    }

    private static Optional<Duration> secondsOrDate(String text, Map<String, List<String>> headers, Instant now) {
        return number(text, value -> value)
                .or(() -> date(text).map(until -> {
                    Instant theirs =
                            header(headers, "date").flatMap(RetryAfter::date).orElse(now);
                    Duration wait = Duration.between(theirs, until);
                    return wait.isNegative() ? Duration.ZERO : shortened(wait);
                }));
    }

    private static Optional<Duration> number(String text, Function<Double, Double> toSeconds) {
        if (!NUMBER.matcher(text).matches()) {
            return Optional.empty();
        }
        double seconds = toSeconds.apply(Double.parseDouble(text));
        return Optional.of(
                seconds > LONGEST.toSeconds() ? LONGEST : Duration.ofNanos((long) Math.ceil(seconds * 1_000_000_000)));
    }

    private static Duration shortened(Duration wait) {
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }

    private static Optional<Instant> date(@Nullable String text) {
        try {
            return Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeParseException notADate) {
            return Optional.empty();
        }
    }
}
