package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a schedule comes, also on days when clocks are changed. */
class CronScheduleTest {
    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static List<String> next(String cron, ZoneId zone, String after, int count) {
        CronSchedule schedule = CronSchedule.parse(cron);
        return Stream.iterate(schedule.next(Instant.parse(after), zone), time -> schedule.next(time, zone))
                .limit(count)
                .map(Instant::toString)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "'30 9 * * *', 2026-03-02T09:30:00Z",
        "'*/20 * * * *', 2026-03-01T12:20:00Z",
        "'5-7,40 12 * * *', 2026-03-01T12:05:00Z",
        "'0 0 1 * *', 2026-04-01T00:00:00Z",
        "'0 0 29 2 *', 2028-02-29T00:00:00Z",
        "'0 9 * * mon-fri', 2026-03-02T09:00:00Z",
        "'0 9 * * 7', 2026-03-08T09:00:00Z",
        "'0 9 * * 0', 2026-03-08T09:00:00Z",
        "'0 9 15 * FRI', 2026-03-06T09:00:00Z",
        "'0 0 1 jan,JUL *', 2026-07-01T00:00:00Z",
        "'0 3/6 * * *', 2026-03-01T15:00:00Z",
        "'@hourly', 2026-03-01T13:00:00Z",
        "'@yearly', 2027-01-01T00:00:00Z"
    })
    void firstTimeAfterNoonOfTheFirstOfMarch(String cron, String expected) {
        assertThat(next(cron, UTC, "2026-03-01T12:00:00Z", 1)).containsExactly(expected);
    }

    /** Sundays that are a 29 February come each 28 years, and over a century that is no leap year each 40. */
    @Test
    void rareTimesAreFound() {
        assertThat(next("0 0 29 2 */7", UTC, "2026-03-01T12:00:00Z", 4))
                .containsExactly(
                        "2032-02-29T00:00:00Z", "2060-02-29T00:00:00Z", "2088-02-29T00:00:00Z", "2128-02-29T00:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "* * * * *",
                "*/7 8-18 * * mon-fri",
                "30 2 * * *",
                "0 */2 * * *",
                "0 0 29 2 *",
                "15 2,3 28-31 * *"
            })
    void lastTimeIsTheOneThatIsFoundStepByStep(String cron) {
        CronSchedule schedule = CronSchedule.parse(cron);
        Instant first = schedule.next(Instant.parse("2024-10-10T00:00:00Z"), BERLIN);
        Instant step = first;
        for (int hour = 0; hour < 800; hour += 37) {
            Instant until = first.plus(Duration.ofHours(hour)).plusSeconds(hour);
            for (Instant next = step; !next.isAfter(until); next = schedule.next(next, BERLIN)) {
                step = next;
            }
            assertThat(schedule.last(first, until, BERLIN))
                    .as("up to %s", until)
                    .isEqualTo(step);
        }
    }

    @Test
    void timeItselfIsNotTheNext() {
        assertThat(next("0 12 * * *", UTC, "2026-03-01T12:00:00Z", 2))
                .containsExactly("2026-03-02T12:00:00Z", "2026-03-03T12:00:00Z");
        assertThat(next("0 12 * * *", UTC, "2026-03-01T11:59:59.999999Z", 1)).containsExactly("2026-03-01T12:00:00Z");
    }

    /** 02:00 to 03:00 is left out on 29 March. */
    @Test
    void timeThatIsLeftOutComesWhenTheClockIsSetForward() {
        assertThat(next("30 2 * * *", BERLIN, "2026-03-27T12:00:00Z", 3))
                .containsExactly("2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
        assertThat(next("0,30 2 * * *", BERLIN, "2026-03-28T12:00:00Z", 2))
                .containsExactly("2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z");
    }

    /** 02:00 to 03:00 comes twice on 25 October. */
    @Test
    void timeThatComesTwiceCountsOnce() {
        assertThat(next("30 2 * * *", BERLIN, "2026-10-24T12:00:00Z", 2))
                .containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
        assertThat(next("30 2 * * *", BERLIN, "2026-10-25T00:30:00Z", 1)).containsExactly("2026-10-26T01:30:00Z");
    }

    @Test
    void everyHourCountsAsItComes() {
        assertThat(next("30 * * * *", BERLIN, "2026-10-24T23:45:00Z", 4))
                .containsExactly(
                        "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z", "2026-10-25T03:30:00Z");
        assertThat(next("30 * * * *", BERLIN, "2026-03-29T00:00:00Z", 2))
                .containsExactly("2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z");
        assertThat(next("0 9 * * *", ZoneId.of("Pacific/Apia"), "2011-12-29T12:00:00Z", 3))
                .containsExactly("2011-12-29T19:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T19:00:00Z");
    }

    /** Against a walk along the clock on the wall, over a year with its two changes. */
    @ParameterizedTest
    @ValueSource(strings = {"7 * * * *", "*/13 */5 * * *", "0 * 13 * fri", "59 * * 2,10 *"})
    void schedulesOfEveryHourAreWhatTheClockShows(String cron) {
        CronSchedule schedule = CronSchedule.parse(cron);
        String[] fields = cron.split(" ", -1);
        CronField minutes = CronField.parse("minute", fields[0], 0, 59);
        CronField hours = CronField.parse("hour", fields[1], 0, 23);
        Instant end = Instant.parse("2026-10-31T22:00:00Z");
        Instant expected = Instant.parse("2026-10-20T00:00:00Z");
        for (ZonedDateTime time = expected.atZone(BERLIN); time.toInstant().isBefore(end); time = time.plusMinutes(1)) {
            boolean day = fields[2].equals("*")
                    || time.getDayOfMonth() == 13
                    || time.getDayOfWeek().getValue() == 5;
            if (day
                    && minutes.has(time.getMinute())
                    && hours.has(time.getHour())
                    && time.toInstant().isAfter(expected)) {
                assertThat(schedule.next(expected, BERLIN)).isEqualTo(time.toInstant());
                expected = time.toInstant();
            }
        }
        assertThat(schedule.next(expected, BERLIN)).isAfter(end.minus(Duration.ofMinutes(1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "* * * * * *",
                "60 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * * 13 *",
                "* * * * 8",
                "5-1 * * * *",
                "*/0 * * * *",
                "a * * * *",
                "1, * * * *",
                "mon * * * *",
                "0 0 30 2 *",
                "0 0 31 4,6 *",
                "@reboot"
            })
    void whatIsNoScheduleIsRefused(String cron) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CronSchedule.parse(cron))
                .withMessageStartingWith("cron");
    }
}
