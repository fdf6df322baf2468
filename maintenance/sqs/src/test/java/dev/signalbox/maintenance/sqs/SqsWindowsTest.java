package dev.signalbox.maintenance.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.DrainReport;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.control.Signal;
import dev.signalbox.testing.services.Effort;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.Message;

/** Many windows while messages keep coming: each is handled once, and none inside a window. */
class SqsWindowsTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);
    private static final int WINDOWS = Effort.of(5, 500);
    private static final int MESSAGES = Effort.of(200, 50_000);

    private final AtomicIntegerArray handled = new AtomicIntegerArray(MESSAGES);
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger total = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();

    @Test
    void nothingIsLostDoubledOrHandledInsideAWindow() throws Exception {
        try (TestQueue queue = new TestQueue();
                Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults());
                SqsWorker worker = SqsWorker.join(
                        maintenance,
                        queue.client(),
                        queue.url(),
                        this::handle,
                        SqsWorkerOptions.defaults()
                                .withPollWait(Duration.ofSeconds(1))
                                .withConcurrency(20))) {
            CompletableFuture<Void> producer =
                    CompletableFuture.runAsync(() -> queue.sendMany(MESSAGES), Thread::startVirtualThread);
            for (int window = 1; window <= WINDOWS; window++) {
                int next = (int) ((long) MESSAGES * window / (WINDOWS + 1));
                await().atMost(LONG)
                        .pollInterval(LOOK_AGAIN)
                        .failFast(producer::isCompletedExceptionally)
                        .until(() -> total.get() >= next);
                window(maintenance);
            }
            producer.get();
            await().atMost(LONG).until(() -> queue.visible() == 0 && queue.invisible() == 0);
            assertThat(worker.failed()).isZero();
        }
        assertThat(inside.get()).as("handled inside a window").isZero();
        assertThat(IntStream.range(0, MESSAGES).filter(body -> handled.get(body) != 1))
                .as("lost or doubled")
                .isEmpty();
    }

    private void handle(Message message) {
        inside.addAndGet(closed.get() ? 1 : 0);
        handled.incrementAndGet(Integer.parseInt(message.body()));
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
