package dev.signalbox.observatory;

import dev.signalbox.testing.simulator.ObservatorySimulator;
import dev.signalbox.testing.simulator.ObservatorySimulatorOptions;
import dev.signalbox.testing.simulator.ObservatorySimulatorRecord;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** What these tests have in common. */
final class Fixtures {
    static final String TOKEN = "mock-token";

    private Fixtures() {}

    static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(5));
    }

    static Destination to(ObservatorySimulator sink) {
        return Destination.of(sink.url(), TOKEN, WireFormat.EVERWORKER);
    }

    static ObservatorySimulator sink() {
        return ObservatorySimulator.start(ObservatorySimulatorOptions.defaults());
    }

    /** Fast: small batches, short waits. */
    static ObservatoryOptions quick(Destination destination) {
        return ObservatoryOptions.to(destination)
                .withBatching(new ObservatoryOptions.Batching(100, 64 << 10, Duration.ofMillis(20)))
                .withRetry(new ObservatoryOptions.Retry(
                        Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofSeconds(5)))
                .withHttp(new ObservatoryOptions.Http(Duration.ofSeconds(1), Duration.ofSeconds(2), 64, false));
    }

    static Destination nowhere() {
        return Destination.of(URI.create("http://127.0.0.1:1"), TOKEN, WireFormat.EVERWORKER);
    }

    static void log(Observatory observatory, int from, int to) {
        IntStream.range(from, to).forEach(i -> observatory.log(Severity.INFO, "record " + i));
    }

    static List<String> messages(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "record " + i).toList();
    }

    static List<String> messages(ObservatorySimulator sink) {
        return sink.records().stream().map(ObservatorySimulatorRecord::message).toList();
    }
}
