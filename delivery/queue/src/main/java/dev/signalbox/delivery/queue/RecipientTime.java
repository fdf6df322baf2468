package dev.signalbox.delivery.queue;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Optional;

/**
 * By which clock a recipient lives.
 *
 * @param timeZone theirs; for the quiet hours of channels, which else go by the zone that these have
 * @param quietHours theirs, in that zone; they take the place of those of channels, whatever the message's category
 */
public record RecipientTime(Optional<ZoneId> timeZone, Optional<QuietHours> quietHours) {
    public static final RecipientTime UNKNOWN = new RecipientTime(Optional.empty(), Optional.empty());

    public RecipientTime {
        Limits.check(quietHours.isEmpty() || timeZone.isPresent(), "quiet hours", "need a time zone");
    }

    public static RecipientTime in(ZoneId zone) {
        return new RecipientTime(Optional.of(zone), Optional.empty());
    }

    public RecipientTime withQuietHours(QuietHours hours) {
        return new RecipientTime(timeZone, Optional.of(hours));
    }

    /**
     * Reads the name of a time zone, such as Europe/Berlin.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("time zone is not one that is known, such as Europe/Berlin", e);
        }
    }
}
