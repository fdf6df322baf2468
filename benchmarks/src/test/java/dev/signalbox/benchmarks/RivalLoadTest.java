package dev.signalbox.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.benchmarks.Benchmark.Sample;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the comparison measures with, on our own server and on one that needs no registry: counts have to be exact. */
class RivalLoadTest {
    private static final Duration SHORT = Duration.ofMillis(100);

    private static void assertMeasured(List<Sample> samples) {
        assertThat(samples)
                .hasSize(2)
                .allSatisfy(sample ->
                        assertThat(sample.value()).as(sample.toString()).isPositive());
    }

    @ParameterizedTest
    @EnumSource(names = {"SIGNALBOX", "SIGNALBOX_TCP"})
    void ourOwnServerIsMeasuredInAProcessOfItsOwn(RivalProtocol protocol) throws Exception {
        try (RivalPair pair = RivalPair.of(RivalServer.signalbox(protocol), 20)) {
            assertThat(pair.batched("fan", SHORT).getFirst().value()).isPositive();
            assertThat(pair.oneAtATime("fan", SHORT).getFirst().value()).isPositive();
            List<Sample> idle = pair.connect("idle", 200);
            // So few take less memory than the collections before and after give back.
            assertThat(idle)
                    .extracting(Sample::unit)
                    .containsExactly(
                            "connections/s", "server CPU µs/connection", "bytes/connection", "bytes/connection");
            assertThat(idle.getFirst().value()).isPositive();
        }
    }

    @Test
    void messagesToOneAreCountedAndTimed() throws Exception {
        try (RivalPair pair = RivalPair.of(RivalServer.signalbox(RivalProtocol.SIGNALBOX_TCP), 20)) {
            assertThat(pair.unicast("unicast", SHORT).getFirst().value()).isPositive();
            assertMeasured(pair.latency("latency", SHORT));
        }
    }

    @Test
    void anotherServerIsMeasuredInTheSameWay() throws Exception {
        try (RivalPair pair = RivalPair.of(RivalServer.vertx(), 20)) {
            assertThat(pair.batched("fan", SHORT).getFirst().value()).isPositive();
        }
    }
}
