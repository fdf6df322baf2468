package dev.signalbox.testing.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.testing.simulator.Behaviour.Fault;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DrawTest {
    private static final Behaviour FAULTY = Behaviour.perfect()
            .withFault(Fault.SERVER_ERROR, 0.2)
            .withFault(Fault.CUT, 0.1)
            .withLatency(Duration.ofMillis(10), Duration.ofMillis(20));

    @Test
    void drawsEachFaultAsOftenAsItsShareSays() {
        assertThat(count(Fault.SERVER_ERROR)).isBetween(1900L, 2100L);
        assertThat(count(Fault.CUT)).isBetween(900L, 1100L);
        assertThat(count(Fault.HANG)).isZero();
    }

    @Test
    void drawsTheSameForTheSameSeed() {
        for (long request = 0; request < 100; request++) {
            var first = new Draw(FAULTY, request);
            var second = new Draw(FAULTY, request);
            assertThat(first.fault()).isEqualTo(second.fault());
            assertThat(first.latency())
                    .isEqualTo(second.latency())
                    .isBetween(Duration.ofMillis(10), Duration.ofMillis(20));
        }
    }

    @Test
    void drawsOtherwiseForAnotherSeed() {
        assertThat(LongStream.range(0, 1000).filter(n -> differs(n)).count()).isPositive();
    }

    @Test
    void refusesSharesThatAreNoShares() {
        assertThatThrownBy(() -> FAULTY.withFault(Fault.HANG, 0.8)).hasMessageContaining("more than 1");
        assertThatThrownBy(() -> FAULTY.withFault(Fault.HANG, -1)).hasMessageContaining("HANG");
        assertThatThrownBy(() -> FAULTY.withLatency(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .hasMessageContaining("minLatency");
    }

    private static boolean differs(long request) {
        return !new Draw(FAULTY, request).fault().equals(new Draw(FAULTY.withSeed(2), request).fault());
    }

    private static long count(Fault fault) {
        return LongStream.range(0, 10_000)
                .filter(n -> new Draw(FAULTY, n).fault().filter(fault::equals).isPresent())
                .count();
    }
}
