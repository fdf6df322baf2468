package dev.signalbox.maintenance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.testing.contract.DrainableContract;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.junit.jupiter.api.Test;

/** A worker on a real broker. */
class KafkaWorkerTest extends DrainableContract {
    private static final int PARTITIONS = 4;

    private final Topic topic = new Topic(PARTITIONS);
    private final Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults());
    /** Values that are handled until they are let go; all others end at once. */
    private final Map<Integer, CountDownLatch> held = new ConcurrentHashMap<>();

    private final Set<Integer> busy = ConcurrentHashMap.newKeySet();
    private final List<Integer> begun = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final KafkaWorker<Integer, Integer> worker = KafkaWorker.join(
            maintenance,
            topic.input(Map.of()),
            this::handle,
            KafkaWorkerOptions.defaults().withBackoff(Duration.ofMillis(50)));

    private void handle(ConsumerRecord<Integer, Integer> message) throws InterruptedException {
        begun.add(message.value());
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new IllegalStateException("as the test wants");
        }
        CountDownLatch latch = held.get(message.value());
        if (latch != null) {
            latch.await();
        }
    }

    @Override
    protected void close() {
        worker.close();
        topic.close();
        maintenance.close();
    }

    @Override
    protected Drainable drainable() {
        return worker.drainable();
    }

    /** A record of a partition that no other work holds. What is refused stays in the topic, and ends at once when it is handled. */
    @Override
    protected Optional<Runnable> begin() throws Exception {
        int partition = 0;
        while (!busy.add(partition)) {
            partition++;
        }
        int free = partition;
        CountDownLatch latch = new CountDownLatch(1);
        held.put(topic.sent(), latch);
        int value = topic.send(free);
        await().atMost(LONG).until(() -> begun.contains(value) || worker.isClosed());
        if (!begun.contains(value)) {
            latch.countDown();
            busy.remove(free);
            return Optional.empty();
        }
        return Optional.of(() -> {
            busy.remove(free);
            latch.countDown();
        });
    }

    @Test
    void whenItIsDrainedAllThatWasHandledIsCommitted() throws Exception {
        topic.sendMany(50);
        await().atMost(LONG).until(() -> begun.size() == 50);

        assertThat(worker.drainable().drain(LONG)).isZero();

        assertThat(topic.committed()).isEqualTo(50);
        topic.sendMany(10);
        worker.drainable().resume();
        await().atMost(LONG).until(() -> begun.size() == 60);
    }

    /** Of a batch, the record under way ends and is committed; those after it are not begun, and come when the window is over. */
    @Test
    void aDrainDoesNotWaitForTheRestOfABatch() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        held.put(0, first);
        for (int i = 0; i < 5; i++) {
            topic.send(0);
        }
        await().atMost(LONG).until(() -> begun.contains(0));
        assertThat(worker.drainable().drain(Duration.ofMillis(10))).isEqualTo(1);
        first.countDown();

        assertThat(worker.drainable().drain(LONG)).isZero();
        assertThat(begun).containsExactly(0);
        assertThat(topic.committed()).isEqualTo(1);
        worker.drainable().resume();
        await().atMost(LONG).until(() -> begun.size() == 5);
        assertThat(begun).containsExactly(0, 1, 2, 3, 4);
    }

    /** Each poll waits for a tenth of a second. With records at hand it would not, and they would be fetched again and again. */
    @Test
    void inAWindowNothingIsFetched() throws Exception {
        assertThat(worker.drainable().drain(LONG)).isZero();
        topic.sendMany(20);
        long before = worker.polls();
        long begin = System.nanoTime();
        await().atMost(LONG)
                .until(() -> System.nanoTime() - begin > Duration.ofSeconds(2).toNanos());

        long polls = worker.polls() - before;
        double tenths = (System.nanoTime() - begin) / 100_000_000.0;
        assertThat((double) polls).isLessThanOrEqualTo(tenths + 5);
        assertThat(begun).isEmpty();
    }

    @Test
    void aRecordThatFailsComesAgainBeforeThoseBehindIt() throws Exception {
        failures.set(2);
        for (int i = 0; i < 3; i++) {
            topic.send(1);
        }

        await().atMost(LONG).until(() -> begun.size() == 5);
        assertThat(begun).containsExactly(0, 0, 0, 1, 2);
        await().atMost(LONG).until(() -> topic.committed() == 3);
        assertThat(worker.failed()).isEqualTo(2);
        assertThat(worker.handled()).isEqualTo(3);
    }

    @Test
    void aPartitionWhoseHandlerFailedRestsWhileOthersGoOn() throws Exception {
        var attempts = new AtomicInteger();
        try (Topic own = new Topic(2);
                KafkaWorker<Integer, Integer> resting = KafkaWorker.join(
                        maintenance,
                        own.input(Map.of()),
                        message -> {
                            if (message.partition() == 0) {
                                attempts.incrementAndGet();
                                throw new IllegalStateException("as the test wants");
                            }
                        },
                        KafkaWorkerOptions.defaults().withName("resting").withBackoff(Duration.ofHours(1)))) {
            own.send(0);
            await().atMost(LONG).until(() -> resting.failed() == 1);
            for (int i = 1; i <= 10; i++) {
                own.send(1);
                int count = i;
                await().atMost(LONG).until(() -> resting.handled() == count);
            }
            assertThat(attempts).hasValue(1);
        }
    }

    /** Kafka's own commits would count what is still being handled, and a crash would lose it. */
    @Test
    void whatIsBeingHandledIsNotCommitted() throws Exception {
        var begun = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        try (Topic own = new Topic(1);
                KafkaWorker<Integer, Integer> slow = KafkaWorker.join(
                        maintenance,
                        own.input(Map.of("auto.commit.interval.ms", 50)),
                        _ -> {
                            begun.countDown();
                            release.await();
                        },
                        KafkaWorkerOptions.defaults().withName("slow"))) {
            own.send(0);
            begun.await();
            long polls = slow.polls();
            await().atMost(LONG).until(() -> slow.polls() > polls + 5);
            assertThat(own.committed()).isZero();
            release.countDown();
            await().atMost(LONG).until(() -> own.committed() == 1);
        }
    }

    @Test
    void whatIsCutComesAgain() throws Exception {
        held.put(0, new CountDownLatch(1));
        topic.send(2);
        await().atMost(LONG).until(() -> begun.contains(0));
        assertThat(worker.drainable().drain(Duration.ofMillis(10))).isEqualTo(1);

        worker.drainable().cut();

        assertThat(worker.drainable().drain(LONG)).isZero();
        held.clear();
        worker.drainable().resume();
        await().atMost(LONG).until(() -> topic.committed() == 1);
        assertThat(begun).containsExactly(0, 0);
    }

    @Test
    void anotherOfTheSameNameIsRefused() {
        assertThatThrownBy(() -> KafkaWorker.join(
                        maintenance, topic.input(Map.of()), message -> {}, KafkaWorkerOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void settingsThatWouldLoseRecordsAreRefused() {
        assertThatThrownBy(() -> topic.input(Map.of("enable.auto.commit", "true")))
                .hasMessageContaining("enable.auto.commit");
        var bytes = new IntegerDeserializer();
        assertThatThrownBy(() -> new KafkaInput<>(Map.of(), bytes, bytes, Set.of("orders")))
                .hasMessageContaining("group.id");
        assertThatThrownBy(() -> new KafkaInput<>(Map.of("group.id", "g"), bytes, bytes, Set.of()))
                .hasMessageContaining("topics");
        assertThatThrownBy(() -> KafkaWorkerOptions.defaults().withDeadline(Duration.ZERO))
                .hasMessageContaining("deadline");
        assertThatThrownBy(() -> KafkaWorkerOptions.defaults().withBackoff(Duration.ZERO))
                .hasMessageContaining("backoff");
    }
}
