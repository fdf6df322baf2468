package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When quiet hours end, also on days when clocks are changed. */
class QuietHoursTest {
    private static final QuietHours NIGHT = QuietHours.parse("22:00-07:00");
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static Optional<Instant> end(QuietHours hours, String now) {
        return hours.end(Instant.parse(now), BERLIN);
    }

    @Test
    void nightEndsInTheMorningOfTheRecipient() {
        assertThat(end(NIGHT, "2026-01-15T20:59:59Z")).isEmpty();
        assertThat(end(NIGHT, "2026-01-15T21:00:00Z")).contains(Instant.parse("2026-01-16T06:00:00Z"));
        assertThat(end(NIGHT, "2026-01-16T05:59:59Z")).contains(Instant.parse("2026-01-16T06:00:00Z"));
        assertThat(end(NIGHT, "2026-01-16T06:00:00Z")).isEmpty();
        assertThat(end(QuietHours.parse("12:00-14:00"), "2026-01-16T12:30:00Z"))
                .contains(Instant.parse("2026-01-16T13:00:00Z"));
    }

    @Test
    void nightInWhichClocksChangeIsAnHourShorterOrLonger() {
        assertThat(end(NIGHT, "2026-03-28T21:00:00Z")).contains(Instant.parse("2026-03-29T05:00:00Z"));
        assertThat(end(NIGHT, "2026-10-24T20:00:00Z")).contains(Instant.parse("2026-10-25T06:00:00Z"));
    }

    /** 02:30 is left out on 29 March and comes twice on 25 October. */
    @Test
    void endThatIsLeftOutIsTheChangeAndOneThatComesTwiceHoldsTwice() {
        QuietHours odd = QuietHours.parse("22:00-02:30");
        assertThat(end(odd, "2026-03-29T00:30:00Z")).contains(Instant.parse("2026-03-29T01:00:00Z"));
        assertThat(end(odd, "2026-03-29T01:00:00Z")).isEmpty();
        assertThat(end(odd, "2026-10-25T00:15:00Z")).contains(Instant.parse("2026-10-25T00:30:00Z"));
        assertThat(end(odd, "2026-10-25T00:45:00Z")).isEmpty();
        assertThat(end(odd, "2026-10-25T01:15:00Z")).contains(Instant.parse("2026-10-25T01:30:00Z"));
    }

    /** Against a walk along the clock on the wall, minute by minute, around changes of many kinds. */
    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, 2026-03-28T12:00:00Z",
        "Europe/Berlin, 2026-10-24T12:00:00Z",
        "America/New_York, 2026-03-08T00:00:00Z",
        "America/New_York, 2026-11-01T00:00:00Z",
        "Australia/Lord_Howe, 2026-04-04T00:00:00Z",
        "Australia/Lord_Howe, 2026-10-03T00:00:00Z",
        "America/Sao_Paulo, 2018-11-03T12:00:00Z",
        "America/Sao_Paulo, 2018-02-17T12:00:00Z",
        "Pacific/Apia, 2011-12-29T12:00:00Z",
        "Asia/Kathmandu, 2026-06-01T00:00:00Z"
    })
    void endIsWhenTheClockHasPassedIt(String zoneName, String from) {
        ZoneId zone = ZoneId.of(zoneName);
        Instant first = Instant.parse(from);
        for (String written :
                List.of("22:00-07:00", "22:00-02:30", "02:15-08:00", "23:30-00:00", "00:00-00:30", "01:45-02:15")) {
            QuietHours hours = QuietHours.parse(written);
            for (int minutes = 0; minutes < 2 * 24 * 60; minutes += 13) {
                Instant now = first.plus(Duration.ofMinutes(minutes));
                assertThat(hours.end(now, zone))
                        .as("%s at %s", written, now.atZone(zone))
                        .isEqualTo(isQuiet(hours, now, zone) ? Optional.of(walk(hours, now, zone)) : Optional.empty());
            }
        }
    }

    /** To the first minute at which the clock shows the end or a later time, and no quiet hour. */
    private static Instant walk(QuietHours hours, Instant now, ZoneId zone) {
        LocalDateTime shown = LocalDateTime.ofInstant(now, zone);
        LocalDateTime end = shown.with(hours.to());
        LocalDateTime next = end.isAfter(shown) ? end : end.plusDays(1);
        Instant time = now;
        while (LocalDateTime.ofInstant(time, zone).isBefore(next)) {
            time = time.plus(Duration.ofMinutes(1));
        }
        return isQuiet(hours, time, zone) ? walk(hours, time, zone) : time;
    }

    private static boolean isQuiet(QuietHours hours, Instant now, ZoneId zone) {
        LocalTime time = now.atZone(zone).toLocalTime();
        return hours.from().isBefore(hours.to())
                ? !time.isBefore(hours.from()) && time.isBefore(hours.to())
                : !time.isBefore(hours.from()) || time.isBefore(hours.to());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "22-7", "22:00", "22:00-22:00", "24:00-07:00", "22:60-07:00", "22:00-07:00 UTC"})
    void otherWritingsAreRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QuietHours.parse(text))
                .withMessageStartingWith("quiet hours");
    }
}
