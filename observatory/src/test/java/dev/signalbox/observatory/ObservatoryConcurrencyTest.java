package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.quick;
import static dev.signalbox.observatory.Fixtures.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.observatory.ObservatoryOptions.Batching;
import dev.signalbox.observatory.ObservatoryOptions.Memory;
import dev.signalbox.observatory.ObservatoryOptions.Spooling;
import dev.signalbox.testing.simulator.ObservatorySimulator;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObservatoryConcurrencyTest {
    private static final int THREADS = 16;
    private static final int CONTEXTS = 25;
    private static final int EACH = 4_000;

    private final ObservatorySimulator sink = Fixtures.sink();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        sink.close();
    }

    /** Idle contexts are evicted while callers come back to them: a record must not fall between the two. */
    private ObservatoryOptions options() {
        var memory =
                new Memory(64 << 20, 32 << 20, CONTEXTS, Duration.ofMillis(10), WhenFull.DROP_NEWEST, Duration.ZERO);
        return quick(Fixtures.to(sink))
                .withAllowed(AllowList.of(List.of(sink.url().toString())))
                .withBatching(new Batching(50, 64 << 10, Duration.ofMillis(5)))
                .withMemory(memory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "outage", "always"})
    void eachRecordArrivesOnceAndInTheOrderOfItsThread(String how) throws InterruptedException {
        var options = options();
        if (!how.equals("memory")) {
            options = options.withSpool(
                    Spooling.in(folder).withWindow(Duration.ofMillis(5)).withAlways(how.equals("always")));
        }
        try (var observatory = Observatory.start(options)) {
            try (var threads = Executors.newFixedThreadPool(THREADS)) {
                IntStream.range(0, THREADS).forEach(thread -> threads.execute(() -> write(observatory, thread)));
                if (how.equals("outage")) {
                    soon().until(() -> sink.stats().records() > 1_000);
                    sink.behave(ObservatorySimulatorBehaviour.perfect().with(Fault.CUT));
                    soon().until(() -> observatory.stats().failures() > 100);
                    sink.behave(ObservatorySimulatorBehaviour.perfect());
                }
            }
            assertThat(observatory.flush(Duration.ofSeconds(60))).isTrue();
            assertThat(observatory.stats().droppedInAll()).isZero();
            assertThat(observatory.stats().accepted()).isEqualTo((long) THREADS * EACH);
            assertThat(observatory.stats().shipped()).isEqualTo((long) THREADS * EACH);
        }
        check();
    }

    private void write(Observatory observatory, int thread) {
        for (int i = 0; i < EACH; i++) {
            var context = ExecutionContext.to(Fixtures.to(sink).withId("c" + i % CONTEXTS));
            observatory.log(context, LogRecord.of(Severity.INFO, thread + " " + i % CONTEXTS + " " + i));
        }
    }

    private void check() {
        Map<String, List<Integer>> byThreadAndContext = new HashMap<>();
        for (var record : sink.records()) {
            String[] words = record.message().split(" ", 3);
            byThreadAndContext
                    .computeIfAbsent(words[0] + " " + words[1], key -> new ArrayList<>())
                    .add(Integer.parseInt(words[2]));
        }
        assertThat(byThreadAndContext).hasSize(THREADS * CONTEXTS);
        byThreadAndContext
                .values()
                .forEach(numbers ->
                        assertThat(numbers).isSorted().doesNotHaveDuplicates().hasSize(EACH / CONTEXTS));
    }

    @Test
    void idleContextsMakeRoomForOthers() {
        try (var observatory = Observatory.start(options())) {
            for (int i = 0; i < CONTEXTS * 4; i++) {
                var context = ExecutionContext.to(Fixtures.to(sink).withId("c" + i));
                soon().until(() -> observatory.log(context, LogRecord.of(Severity.INFO, "hello")));
            }
            soon().until(() -> observatory.stats().contexts() == 1);
            assertThat(observatory.stats().shipped()).isEqualTo(CONTEXTS * 4L);
        }
    }

    @Test
    void countsAddUpWhileCallersDropAndTheLibraryShips() throws InterruptedException {
        var memory =
                new Memory(128 << 10, 64 << 10, CONTEXTS, Duration.ofSeconds(1), WhenFull.DROP_OLDEST, Duration.ZERO);
        var observatory = Observatory.start(options().withMemory(memory));
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            IntStream.range(0, THREADS).forEach(thread -> threads.execute(() -> write(observatory, thread)));
        }
        observatory.close(Duration.ofSeconds(20));
        var stats = observatory.stats();
        long refused = (long) THREADS * EACH - stats.accepted();
        assertThat(stats.shipped() + stats.droppedInAll()).isEqualTo(stats.accepted() + stats.notices() + refused);
        assertThat(stats.pending()).isZero();
        assertThat(stats.pendingBytes()).isZero();
        assertThat(sink.stats().records()).isEqualTo(stats.shipped());
    }
}
