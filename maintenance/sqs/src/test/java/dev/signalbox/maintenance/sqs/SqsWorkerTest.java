package dev.signalbox.maintenance.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.control.Signal;
import dev.signalbox.testing.contract.DrainableContract;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.Message;

/** A worker on a real server of the protocol. */
class SqsWorkerTest extends DrainableContract {
    private final TestQueue queue = new TestQueue();
    private final Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults());
    /** Bodies that are handled until they are let go; all others end at once. */
    private final Map<Integer, CountDownLatch> held = new ConcurrentHashMap<>();

    private final List<Integer> begun = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final SqsWorker worker = join(SqsWorkerOptions.defaults());

    /** Polls of a second, so that closing does not last. What is not given back stays invisible for longer than a test waits. */
    private SqsWorker join(SqsWorkerOptions options) {
        return SqsWorker.join(
                maintenance,
                queue.client(),
                queue.url(),
                this::handle,
                options.withPollWait(Duration.ofSeconds(1))
                        .withVisibility(Duration.ofMinutes(10))
                        .withBackoff(Duration.ZERO));
    }

    private void handle(Message message) throws InterruptedException {
        int body = Integer.parseInt(message.body());
        begun.add(body);
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new IllegalStateException("as the test wants");
        }
        CountDownLatch latch = held.get(body);
        if (latch != null) {
            latch.await();
        }
    }

    @Override
    protected void close() {
        worker.close();
        queue.close();
        maintenance.close();
    }

    @Override
    protected Drainable drainable() {
        return worker.drainable();
    }

    /** What is refused stays in the queue, and ends at once when it is handled. */
    @Override
    protected Optional<Runnable> begin() {
        CountDownLatch latch = new CountDownLatch(1);
        held.put(queue.sent(), latch);
        int body = queue.send();
        await().atMost(LONG).until(() -> begun.contains(body) || worker.isClosed());
        if (!begun.contains(body)) {
            latch.countDown();
            return Optional.empty();
        }
        return Optional.of(latch::countDown);
    }

    private void enter() throws InterruptedException {
        maintenance.enter(Signal.of("alice", "disk"));
        assertThat(maintenance.await(Admission.CLOSED, LONG)).isTrue();
    }

    private void awaitLeft(int visible) {
        await().atMost(LONG).until(() -> queue.invisible() == 0 && queue.visible() == visible);
    }

    /** Reported: awspring/spring-cloud-aws#877. The poll that is out when the window begins gets the message, and gives it back. */
    @Test
    void nothingIsInvisibleInAWindow() throws Exception {
        int first = queue.send();
        await().atMost(LONG).until(() -> begun.contains(first));
        enter();
        assertThat(queue.invisible()).isZero();
        queue.send();
        queue.send();

        awaitLeft(2);
        assertThat(begun).containsExactly(first);
        maintenance.leave();
        await().atMost(LONG).until(() -> begun.size() == 3);
        awaitLeft(0);
    }

    @Test
    void closingLeavesNothingInvisible() {
        worker.close();
        queue.send();

        assertThat(queue.visible()).isEqualTo(1);
        assertThat(queue.invisible()).isZero();
        assertThat(begun).isEmpty();
    }

    private SqsWorker another(Maintenance maintenance, int concurrency) {
        SqsWorkerOptions options =
                SqsWorkerOptions.defaults().withPollWait(Duration.ofSeconds(1)).withConcurrency(concurrency);
        return SqsWorker.join(maintenance, queue.client(), queue.url(), this::handle, options);
    }

    /** To be received counts towards the queue's dead letters, also for a message that is given back. */
    @Test
    void aPollThatWaitsForAFreePlaceDoesNotBeginInAWindow() throws Exception {
        worker.close(); // Else a poll that is out would count for the first time that a message is received.
        try (Maintenance other = Maintenance.start(MaintenanceOptions.defaults());
                SqsWorker narrow = another(other, 1)) {
            CountDownLatch latch = new CountDownLatch(1);
            held.put(0, latch);
            queue.send();
            await().atMost(LONG).until(() -> narrow.underWay() == 1);
            assertThat(narrow.drainable().drain(Duration.ofMillis(10))).isEqualTo(1);
            queue.send();
            latch.countDown();
            assertThat(narrow.drainable().drain(LONG)).isZero();
        }
        assertThat(queue.receivedOnce()).isEqualTo(1);
    }

    @Test
    void whatIsHandledIsDeletedBeforeTheDrainIsOver() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        held.put(0, latch);
        queue.send();
        await().atMost(LONG).until(() -> worker.underWay() == 1);
        assertThat(worker.drainable().drain(Duration.ofMillis(10))).isEqualTo(1);
        latch.countDown();
        assertThat(worker.drainable().drain(LONG)).isZero();

        assertThat(queue.invisible()).isZero();
        assertThat(queue.visible()).isZero();
        assertThat(worker.handled()).isEqualTo(1);
    }

    @Test
    void aMessageThatFailsComesAgain() {
        failures.set(2);
        queue.send();

        await().atMost(LONG).until(() -> worker.handled() == 1);
        assertThat(begun).containsExactly(0, 0, 0);
        assertThat(worker.failed()).isEqualTo(2);
    }

    /** A message that cannot begin yet stays in the queue, for others. */
    @Test
    void noMoreAreTakenThanMayBeUnderWay() throws Exception {
        enter();
        try (Maintenance other = Maintenance.start(MaintenanceOptions.defaults());
                SqsWorker narrow = another(other, 2)) {
            for (int i = 0; i < 5; i++) {
                held.put(i, new CountDownLatch(1));
                queue.send();
            }
            await().atMost(LONG).until(() -> narrow.underWay() == 2);
            await("more to begin")
                    .during(Duration.ofSeconds(2))
                    .atMost(LONG)
                    .until(() -> narrow.underWay() == 2 && queue.visible() == 3);
            held.values().forEach(CountDownLatch::countDown);
            await().atMost(LONG).until(() -> narrow.handled() == 5);
        }
    }

    @Test
    void whatIsCutIsGivenBackAtOnce() throws Exception {
        held.put(0, new CountDownLatch(1));
        queue.send();
        await().atMost(LONG).until(() -> worker.underWay() == 1);
        assertThat(worker.drainable().drain(Duration.ofMillis(10))).isEqualTo(1);

        worker.drainable().cut();

        assertThat(worker.drainable().drain(LONG)).isZero();
        awaitLeft(1);
        held.clear();
        worker.drainable().resume();
        awaitLeft(0);
        assertThat(begun).containsExactly(0, 0);
    }

    /** The thread's interrupt was the handler's; the request that gives the message back would fail by it. */
    @Test
    void whatIsCutIsGivenBackAlsoWhereItsHandlerLeavesTheInterrupt() throws Exception {
        enter();
        try (Maintenance other = Maintenance.start(MaintenanceOptions.defaults());
                SqsWorker careful = SqsWorker.join(
                        other,
                        queue.client(),
                        queue.url(),
                        SqsWorkerTest::leaveInterrupt,
                        SqsWorkerOptions.defaults()
                                .withPollWait(Duration.ofSeconds(1))
                                .withVisibility(Duration.ofMinutes(10))
                                .withBackoff(Duration.ZERO))) {
            queue.send();
            await().atMost(LONG).until(() -> careful.underWay() == 1);
            assertThat(careful.drainable().drain(Duration.ofMillis(10))).isEqualTo(1);

            careful.drainable().cut();

            assertThat(careful.drainable().drain(LONG)).isZero();
            awaitLeft(1);
        }
    }

    private static void leaveInterrupt(Message message) {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("cut at " + message.messageId(), e);
        }
    }

    /** A handler that takes longer than the visibility timeout keeps its message to itself. */
    @Test
    void aSlowHandlerKeepsItsMessage() throws Exception {
        enter();
        Duration visibility = Duration.ofSeconds(3);
        try (Maintenance other = Maintenance.start(MaintenanceOptions.defaults());
                SqsWorker slow = SqsWorker.join(
                        other,
                        queue.client(),
                        queue.url(),
                        this::handle,
                        SqsWorkerOptions.defaults()
                                .withPollWait(Duration.ofSeconds(1))
                                .withVisibility(visibility))) {
            CountDownLatch latch = new CountDownLatch(1);
            held.put(0, latch);
            queue.send();
            await().atMost(LONG).until(() -> slow.underWay() == 1);
            long since = System.nanoTime();
            await().atMost(LONG)
                    .until(() -> System.nanoTime() - since
                            > visibility.plusSeconds(1).toNanos());
            assertThat(queue.invisible()).isEqualTo(1);
            latch.countDown();
            await().atMost(LONG).until(() -> slow.handled() == 1);
            awaitLeft(0);
        }
        assertThat(begun).containsExactly(0);
    }

    @Test
    void aQueueThatIsNotThereIsAProblemInWords() {
        try (SqsWorker lost = SqsWorker.join(
                maintenance,
                queue.client(),
                queue.url() + "-gone",
                this::handle,
                SqsWorkerOptions.defaults().withName("lost").withBackoff(Duration.ZERO))) {
            await().atMost(LONG).until(() -> lost.drainable().problem().isPresent());
            assertThat(lost.drainable().problem().orElseThrow()).contains("queue");
        }
    }

    @Test
    void optionsOutOfRangeAreNamed() {
        SqsWorkerOptions options = SqsWorkerOptions.defaults();
        assertThatThrownBy(() -> options.withPollWait(Duration.ofSeconds(21))).hasMessageContaining("pollWait");
        assertThatThrownBy(() -> options.withVisibility(Duration.ofSeconds(2))).hasMessageContaining("visibility");
        assertThatThrownBy(() -> options.withConcurrency(0)).hasMessageContaining("concurrency");
        assertThatThrownBy(() -> options.withDeadline(Duration.ZERO)).hasMessageContaining("deadline");
        assertThatThrownBy(() -> options.withBackoff(Duration.ofDays(1))).hasMessageContaining("backoff");
        assertThatThrownBy(() -> join(options)).isInstanceOf(IllegalArgumentException.class);
    }
}
