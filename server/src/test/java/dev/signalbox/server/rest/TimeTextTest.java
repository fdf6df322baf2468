package dev.signalbox.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeTextTest {

    @ParameterizedTest
    @CsvSource({
        "250ms,PT0.25S,250ms",
        "5s,PT5S,5s",
        "90s,PT90S,90s",
        "120s,PT2M,2m",
        "1h,PT1H,1h",
        "48h,PT48H,2d",
        "PT1M30S,PT90S,90s"
    })
    void durationsAreReadAndWrittenShort(String text, Duration expected, String shortest) {
        assertThat(TimeText.duration(text)).contains(expected);
        assertThat(TimeText.shortest(expected)).isEqualTo(shortest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "5 s", "s", "1.5h", "9999999999999s", "PT", "five"})
    void otherTextsAreNotDurations(String text) {
        assertThat(TimeText.duration(text)).isEmpty();
    }

    @Test
    void instantsNeedAnOffset() {
        assertThat(TimeText.instant("2026-11-21T09:30:00+10:00")).contains(Instant.parse("2026-11-20T23:30:00Z"));
        assertThat(TimeText.instant("2026-11-21T09:30:00")).isEmpty();
        assertThat(TimeText.instant("2026-11-21")).isEmpty();
    }
}
