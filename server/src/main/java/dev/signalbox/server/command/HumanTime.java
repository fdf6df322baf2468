package dev.signalbox.server.command;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Times as people say them: "3 min ago", "in 2 h", and beyond a day the date in a time zone. Immutable. */
public final class HumanTime {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm");

    private final InstantSource clock;
    private final ZoneId zone;

    /** Tells times as seen from {@code clock} in {@code zone}. */
    public HumanTime(InstantSource clock, ZoneId zone) {
        this.clock = clock;
        this.zone = zone;
    }

    /** As seen from here and now. */
    public static HumanTime local() {
        return new HumanTime(InstantSource.system(), ZoneId.systemDefault());
    }

    /** A time in RFC 3339 in words; any other text as it is. */
    public String of(String text) {
        try {
            return text.isEmpty() ? "" : of(Instant.parse(text));
        } catch (DateTimeException other) {
            return text;
        }
    }

    private String of(Instant time) {
        Duration ago = Duration.between(time, clock.instant());
        if (ago.abs().compareTo(Duration.ofDays(1)) >= 0) {
            return DATE.format(time.atZone(zone));
        }
        String length = length(ago.abs());
        return length.isEmpty() ? "now" : ago.isNegative() ? "in " + length : length + " ago";
    }

    private static String length(Duration duration) {
        if (duration.toHours() > 0) {
            return duration.toHours() + " h";
        }
        if (duration.toMinutes() > 0) {
            return duration.toMinutes() + " min";
        }
        return duration.toSeconds() > 0 ? duration.toSeconds() + " s" : "";
    }
}
