package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * When something recurs, as in crontab(5): minute, hour, day of the month, month, day of the week. Each is {@code *}, a number, a
 * range {@code 1-5}, any of them with a step {@code /2}, or several of these with commas; months and days of the week also by
 * their first three letters in English; 7 is Sunday, too. Where both days are given, either is enough. {@code @hourly},
 * {@code @daily}, {@code @weekly}, {@code @monthly} and {@code @yearly} stand for what they say. Immutable.
 *
 * <p>On days when clocks are changed, as Vixie's cron has it: a time that is left out comes when the clock is set forward, and one
 * that comes twice counts the first time. Only where the hour begins with {@code *}, every hour counts as it comes.
 */
public final class CronSchedule {
    /** The days of 400 years, after which the calendar repeats, days of the week included. */
    private static final int CYCLE = 146_097;

    private static final Duration SHORT = Duration.ofMinutes(10);
    private static final int LONGEST = 200;
    private static final LocalDate ANY_DAY = LocalDate.of(2000, 1, 1);

    private static final Map<String, String> NAMED = Map.of(
            "@hourly", "0 * * * *",
            "@daily", "0 0 * * *",
            "@weekly", "0 0 * * 0",
            "@monthly", "0 0 1 * *",
            "@yearly", "0 0 1 1 *");

    private final String text;
    private final CronField minutes;
    private final CronField hours;
    private final CronField days;
    private final CronField months;
    private final CronField weekdays;

    private CronSchedule(String text, String[] fields) {
        this.text = text;
        this.minutes = CronField.parse("minute", fields[0], 0, 59);
        this.hours = CronField.parse("hour", fields[1], 0, 23);
        this.days = CronField.parse("day of the month", fields[2], 1, 31);
        this.months = CronField.parse("month", fields[3], 1, 12);
        this.weekdays = CronField.parse("day of the week", fields[4], 0, 7);
    }

    /**
     * Reads a schedule.
     *
     * @throws IllegalArgumentException naming the part that is wrong, or if it would never come, such as on 30 February
     */
    public static CronSchedule parse(String text) {
        Limits.check(text.length() <= LONGEST, "cron", "has more than " + LONGEST + " characters");
        String stripped = text.strip();
        String[] fields = NAMED.getOrDefault(stripped, stripped).split("\\s+", -1);
        Limits.check(
                fields.length == 5,
                "cron",
                "'" + Limits.fitted(stripped)
                        + "' has not five parts: minute, hour, day of the month, month, day of the week");
        CronSchedule schedule = new CronSchedule(stripped, fields);
        Limits.check(
                Stream.iterate(ANY_DAY, day -> day.plusDays(1)).limit(CYCLE).anyMatch(schedule::isDay),
                "cron",
                "'" + stripped + "' would never come: no month has such a day");
        return schedule;
    }

    /** The first time after another, by the clock of a time zone. */
    public Instant next(Instant after, ZoneId zone) {
        // A time of the day before may have been put off by a change of the clock.
        LocalDate first = after.atZone(zone).toLocalDate().minusDays(1);
        for (LocalDate day = first; day.isBefore(first.plusDays(CYCLE + 2)); day = day.plusDays(1)) {
            Optional<Instant> found = isDay(day) ? firstOf(day, after, zone) : Optional.empty();
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new IllegalStateException("cron '" + text + "' does not come after " + after);
    }

    /**
     * The last time up to a moment. Looks back twice as far each time, so that years without a node cost little.
     *
     * @param first a time of this schedule, not after {@code until}
     */
    Instant last(Instant first, Instant until, ZoneId zone) {
        Instant time = first;
        for (Duration back = SHORT; until.minus(back).isAfter(first); back = back.multipliedBy(2)) {
            Instant found = next(until.minus(back), zone);
            if (!found.isAfter(until)) {
                time = found;
                break;
            }
        }
        for (Instant later = next(time, zone); !later.isAfter(until); later = next(time, zone)) {
            time = later;
        }
        return time;
    }

    private boolean isDay(LocalDate day) {
        boolean ofMonth = days.has(day.getDayOfMonth());
        boolean ofWeek = weekdays.has(day.getDayOfWeek().getValue())
                || weekdays.has(day.getDayOfWeek().getValue() % 7);
        boolean either = !days.isOpen() && !weekdays.isOpen();
        return months.has(day.getMonthValue()) && (either ? ofMonth || ofWeek : ofMonth && ofWeek);
    }

    private Optional<Instant> firstOf(LocalDate day, Instant after, ZoneId zone) {
        return hours.isOpen() ? firstByTheClock(day, after, zone) : firstByTheList(day, after, zone);
    }

    /** Minute by minute, so that an hour that comes twice counts twice. */
    private Optional<Instant> firstByTheClock(LocalDate day, Instant after, ZoneId zone) {
        ZonedDateTime start = day.atStartOfDay(zone);
        ZonedDateTime earliest =
                after.atZone(zone).truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
        ZonedDateTime time = earliest.isAfter(start) ? earliest : start;
        for (; time.toLocalDate().equals(day); time = time.plusMinutes(1)) {
            if (minutes.has(time.getMinute()) && hours.has(time.getHour())) {
                return Optional.of(time.toInstant());
            }
        }
        return Optional.empty();
    }

    private Optional<Instant> firstByTheList(LocalDate day, Instant after, ZoneId zone) {
        TreeSet<Instant> times = new TreeSet<>();
        for (int hour = 0; hour < 24; hour++) {
            for (int minute = 0; hours.has(hour) && minute < 60; minute++) {
                if (minutes.has(minute)) {
                    times.add(instant(day.atTime(hour, minute), zone));
                }
            }
        }
        return Optional.ofNullable(times.higher(after));
    }

    private static Instant instant(LocalDateTime time, ZoneId zone) {
        ZoneOffsetTransition transition = zone.getRules().getTransition(time);
        return transition != null && transition.isGap()
                ? transition.getInstant()
                : time.atZone(zone).toInstant();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CronSchedule schedule && schedule.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** As it was read. */
    @Override
    public String toString() {
        return text;
    }
}
