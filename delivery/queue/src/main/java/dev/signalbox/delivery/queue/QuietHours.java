package dev.signalbox.delivery.queue;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hours of each day in which somebody is not to be disturbed, such as 22:00-07:00. What the clock on their wall shows
 * decides: where it is set forward over the end, the hours end with that; where it is set back into them, they go on until the end
 * comes again.
 *
 * @param from the first minute of quiet
 * @param to the first minute after it; on the next day if it is before {@code from}
 */
public record QuietHours(LocalTime from, LocalTime to) {
    private static final Pattern WRITTEN = Pattern.compile("(\\d\\d:\\d\\d)-(\\d\\d:\\d\\d)");

    public QuietHours {
        from = from.truncatedTo(ChronoUnit.MINUTES);
        to = to.truncatedTo(ChronoUnit.MINUTES);
        Limits.check(!from.equals(to), "quiet hours", "begin and end at " + from + "; nothing would ever be sent");
    }

    /**
     * Reads hours as {@link #toString} writes them.
     *
     * @throws IllegalArgumentException if they are written otherwise
     */
    public static QuietHours parse(String text) {
        Matcher hours = WRITTEN.matcher(text);
        Limits.check(hours.matches(), "quiet hours", "are not written as 22:00-07:00");
        try {
            return new QuietHours(LocalTime.parse(hours.group(1)), LocalTime.parse(hours.group(2)));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("quiet hours are from 00:00 to 23:59, such as 22:00-07:00", e);
        }
    }

    /** When the quiet ends that holds at a moment in a time zone; empty if none does. */
    Optional<Instant> end(Instant now, ZoneId zone) {
        ZonedDateTime local = now.atZone(zone);
        LocalTime time = local.toLocalTime();
        boolean overNight = from.isAfter(to);
        boolean begun = !time.isBefore(from);
        boolean goesOn = time.isBefore(to);
        boolean quiet = overNight ? begun || goesOn : begun && goesOn;
        LocalDate day = overNight && begun ? local.toLocalDate().plusDays(1) : local.toLocalDate();
        return quiet ? Optional.of(end(now, day.atTime(to), zone)) : Optional.empty();
    }

    private Instant end(Instant now, LocalDateTime end, ZoneId zone) {
        ZoneOffsetTransition transition = zone.getRules().getTransition(end);
        if (transition != null && transition.isGap()) {
            // Where a whole day is left out, the clock may show a quiet hour again.
            return end(transition.getInstant(), zone).orElse(transition.getInstant());
        }
        ZonedDateTime first = end.atZone(zone);
        return (first.toInstant().isAfter(now) ? first : first.withLaterOffsetAtOverlap()).toInstant();
    }

    @Override
    public String toString() {
        return from + "-" + to;
    }
}
