package dev.signalbox.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EndedSessionsTest {
    private final EndedSessions ended = new EndedSessions();

    @Test
    void onlyThoseThatEndedHereAreKnown() {
        UUID here = UUID.randomUUID();
        ended.add(here);

        assertThat(ended.contains(here)).isTrue();
        assertThat(ended.contains(UUID.randomUUID())).isFalse();
    }

    @Test
    void theOldestAreForgottenFirst() {
        UUID oldest = UUID.randomUUID();
        UUID next = UUID.randomUUID();
        ended.add(oldest);
        ended.add(next);
        IntStream.range(1, 10_000).forEach(i -> ended.add(UUID.randomUUID()));

        assertThat(ended.contains(oldest)).isFalse();
        assertThat(ended.contains(next)).isTrue();
    }
}
