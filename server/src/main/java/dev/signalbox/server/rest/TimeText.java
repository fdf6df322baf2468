package dev.signalbox.server.rest;

import dev.signalbox.server.configuration.DurationText;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** Times in requests: durations as everywhere ({@link DurationText}), instants as in RFC 3339, whose years have four digits. */
public final class TimeText {
    private TimeText() {}

    public static Optional<Duration> duration(String text) {
        try {
            return Optional.of(DurationText.parse(text));
        } catch (IllegalArgumentException notOne) {
            return Optional.empty();
        }
    }

    public static Optional<Instant> instant(String text) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            boolean fourDigits = time.getYear() >= 0 && time.getYear() <= 9999;
            return Optional.of(time.toInstant()).filter(instant -> fourDigits);
        } catch (DateTimeParseException notAnInstant) {
            return Optional.empty();
        }
    }
}
