package dev.signalbox.ha.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What peers tell each other. */
class PeerStatusTest {
    private static final Instant TIME = Instant.parse("2026-03-01T12:00:00Z");

    @Test
    void isWrittenAndReadBack() {
        PeerStatus status = new PeerStatus(true, Mode.SERVING, TIME, Optional.of("one"));

        assertThat(status.toJson())
                .isEqualTo("{\"status\":\"ok\",\"mode\":1,\"timestamp\":\"2026-03-01T12:00:00Z\",\"node\":\"one\"}");
        assertThat(PeerStatus.parse(status.toJson())).contains(status);
    }

    @Test
    void aModeThatIsLeftOutIsWaiting() {
        assertThat(PeerStatus.parse("{\"status\":\"error\",\"timestamp\":\"2026-03-01T12:00:00Z\"}"))
                .contains(new PeerStatus(false, Mode.WAITING, TIME, Optional.empty()));
    }

    @Test
    void aTimeInAnotherFormatIsNoFault() {
        assertThat(PeerStatus.parse("{\"status\":\"ok\",\"mode\":1,\"timestamp\":1772366400}"))
                .map(PeerStatus::mode)
                .contains(Mode.SERVING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "no JSON",
                "{\"status\":\"fine\"}",
                "{\"status\":\"ok\",\"mode\":2}",
                "{\"status\":\"ok\""
            })
    void whatNoPeerTellsIsRefused(String json) {
        assertThat(PeerStatus.parse(json)).isEmpty();
    }
}
