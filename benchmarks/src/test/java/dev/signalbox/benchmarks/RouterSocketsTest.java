package dev.signalbox.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.testing.services.SelfSigned;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cases over sockets, small, on our own server: counts have to be exact. */
class RouterSocketsTest {
    private static final Duration SHORT = Duration.ofMillis(200);

    private static void assertMeasured(List<Sample> samples) {
        assertThat(samples)
                .hasSizeGreaterThanOrEqualTo(2)
                .filteredOn(sample -> !sample.unit().contains("CPU"))
                .allSatisfy(sample ->
                        assertThat(sample.value()).as(sample.toString()).isPositive());
    }

    @Test
    void tlsAndPlainTextAreMeasuredWithTheSameClients(@TempDir Path folder) throws Exception {
        SelfSigned certificate = SelfSigned.forNames(folder, "server", "ip:127.0.0.1");
        try (LoadedServer pair = RouterSockets.tls(RouterSockets.signalboxTls(certificate), certificate, 20)) {
            assertMeasured(pair.counted("tls", "delivery", "fan 50", SHORT));
            assertMeasured(pair.counted("tls", "delivery", "fan 1", SHORT));
        }
        try (LoadedServer pair = RouterSockets.plain(RivalServer.signalbox(RivalProtocol.SIGNALBOX), 20)) {
            assertMeasured(pair.counted("plain", "delivery", "fan 50", SHORT));
        }
    }

    @Test
    void requestsAreAnsweredOnceEach() throws Exception {
        try (LoadedServer pair =
                RouterSockets.requests(RivalServer.signalbox(RivalProtocol.SIGNALBOX_TCP), RequestWire.SIGNALBOX)) {
            assertMeasured(RouterSockets.asked(pair, 8, SHORT));
            assertThat(RouterSockets.asked(pair, 8, SHORT)).hasSize(4);
        }
    }

    @Test
    void anotherClusterIsAskedInTheSameWay() throws Exception {
        try (LoadedServer pair = VertxRequests.pair()) {
            assertMeasured(RouterSockets.asked(pair, 8, SHORT));
        }
    }

    @Test
    void readersAreTimedWhileOthersStall() throws Exception {
        try (LoadedServer pair = RouterSockets.stalled(9, 1)) {
            assertMeasured(RouterSockets.paced("stalled", pair, 200, SHORT));
        }
    }

    /** All of the sessions fit into what the node keeps, and nobody misses anything, once and again. */
    @Test
    void clientsComeBackToTheirSessions() throws Exception {
        try (LoadedServer pair =
                RouterSockets.storm(RivalServer.signalbox(RivalProtocol.SIGNALBOX), StormWire.SIGNALBOX, 200)) {
            for (int i = 0; i < 3; i++) {
                List<Sample> samples = RouterSockets.stormed("storm", pair, 100);
                assertMeasured(samples);
                assertThat(samples.get(2).value()).isEqualTo(200);
            }
        }
    }
}
