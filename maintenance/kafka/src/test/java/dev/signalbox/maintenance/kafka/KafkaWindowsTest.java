package dev.signalbox.maintenance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.DrainReport;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.control.Signal;
import dev.signalbox.testing.services.Effort;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many windows while records keep coming: each is handled once, and none inside a window. */
class KafkaWindowsTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);
    private static final int WINDOWS = Effort.of(4, 500);
    private static final int RECORDS = Effort.of(2_000, 1_000_000);

    private final AtomicIntegerArray handled = new AtomicIntegerArray(RECORDS);
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger total = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();

    @Test
    void nothingIsLostDoubledOrHandledInsideAWindow() throws Exception {
        try (Topic topic = new Topic(4);
                Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults());
                KafkaWorker<Integer, Integer> worker = KafkaWorker.join(
                        maintenance,
                        topic.input(Map.of("max.poll.records", 50)),
                        message -> handle(message.value()),
                        KafkaWorkerOptions.defaults())) {
            CompletableFuture<Void> producer =
                    CompletableFuture.runAsync(() -> topic.sendMany(RECORDS), Thread::startVirtualThread);
            for (int window = 1; window <= WINDOWS; window++) {
                int next = (int) ((long) RECORDS * window / (WINDOWS + 1));
                await().atMost(LONG)
                        .pollInterval(LOOK_AGAIN)
                        .failFast(producer::isCompletedExceptionally)
                        .until(() -> total.get() >= next);
                window(maintenance);
            }
            producer.get();
            await().atMost(LONG).until(() -> total.get() >= RECORDS && topic.committed() == RECORDS);
            assertThat(worker.failed()).isZero();
        }
        assertThat(inside.get()).as("handled inside a window").isZero();
        assertThat(IntStream.range(0, RECORDS).filter(value -> handled.get(value) != 1))
                .as("lost or doubled")
                .isEmpty();
    }

    private void handle(int value) {
        inside.addAndGet(closed.get() ? 1 : 0);
        handled.incrementAndGet(value);
        total.incrementAndGet();
        inside.addAndGet(closed.get() ? 1 : 0);
    }

    private void window(Maintenance maintenance) throws InterruptedException {
        maintenance.enter(Signal.of("alice", "disk"));
        assertThat(maintenance.await(Admission.CLOSED, LONG)).isTrue();
        closed.set(true);
        assertThat(maintenance.reports().getFirst().outcome()).isEqualTo(DrainReport.Outcome.DRAINED);
        closed.set(false);
        maintenance.leave();
        assertThat(maintenance.await(Admission.OPEN, LONG)).isTrue();
    }
}
