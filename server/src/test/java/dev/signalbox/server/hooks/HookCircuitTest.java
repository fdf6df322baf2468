package dev.signalbox.server.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** When a backend that fails is left alone, and for how long. */
class HookCircuitTest {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final HookCircuit circuit = new HookCircuit(() -> now);

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(circuit.tryBegin()).isTrue();
            circuit.ended(false);
        }
    }

    @Test
    void fiveFailuresInARowOpenItAndOneAnswerClosesIt() {
        fail(4);
        assertThat(circuit.tryBegin()).isTrue();
        circuit.ended(true);
        fail(4);
        assertThat(circuit.isOpen()).isFalse();
        fail(1);
        assertThat(circuit.isOpen()).isTrue();
        assertThat(circuit.tryBegin()).isFalse();

        now = now.plusSeconds(1);
        assertThat(circuit.tryBegin()).as("a trial").isTrue();
        assertThat(circuit.tryBegin()).as("one at a time").isFalse();
        circuit.ended(true);
        assertThat(circuit.isOpen()).isFalse();
        assertThat(circuit.tryBegin()).isTrue();
        assertThat(circuit.tryBegin()).isTrue();
    }

    @Test
    void eachTrialThatFailsDoublesThePauseUpToABound() {
        fail(5);
        for (int seconds : new int[] {1, 2, 4, 8, 16, 30, 30}) {
            now = now.plus(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(circuit.tryBegin()).as("before %s s", seconds).isFalse();
            now = now.plusMillis(1);
            fail(1);
        }
    }

    /** Many questions are under way when a backend dies: they do not count as trials. */
    @Test
    void failuresThatEndAfterItOpenedDoNotLengthenThePause() {
        for (int i = 0; i < 20; i++) {
            assertThat(circuit.tryBegin()).isTrue();
        }
        for (int i = 0; i < 20; i++) {
            circuit.ended(false);
        }
        now = now.plusSeconds(1);

        assertThat(circuit.tryBegin()).isTrue();
    }
}
