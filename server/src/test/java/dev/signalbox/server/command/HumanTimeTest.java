package dev.signalbox.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanTimeTest {
    private final HumanTime times =
            new HumanTime(InstantSource.fixed(Instant.parse("2026-03-01T12:00:00Z")), ZoneId.of("Asia/Tokyo"));

    @ParameterizedTest
    @CsvSource({
        "2026-03-01T12:00:00.2Z, now",
        "2026-03-01T11:59:50Z, 10 s ago",
        "2026-03-01T11:56:30Z, 3 min ago",
        "2026-03-01T14:00:00Z, in 2 h",
        "2026-02-27T20:30:00Z, 2026-02-28 05:30",
        "2100-01-01T00:00:00Z, 2100-01-01 09:00",
        "soon, soon"
    })
    void tellsTimesAsPeopleDo(String time, String words) {
        assertThat(times.of(time)).isEqualTo(words);
    }
}
