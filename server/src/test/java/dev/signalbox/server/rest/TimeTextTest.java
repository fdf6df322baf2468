package dev.signalbox.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeTextTest {

    @Test
    void durationsAreReadAsEverywhere() {
        assertThat(TimeText.duration("1m30s")).contains(Duration.ofSeconds(90));
        assertThat(TimeText.duration("PT90S")).contains(Duration.ofSeconds(90));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "5 s", "s", "9999999999999s", "PT", "five"})
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
