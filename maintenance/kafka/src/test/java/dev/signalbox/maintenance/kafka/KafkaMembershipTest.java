package dev.signalbox.maintenance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.control.Signal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A window and the group: what others do to it meanwhile, and how long it may last. */
@Timeout(180)
class KafkaMembershipTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int PARTITIONS = 4;

    private final Topic topic = new Topic(PARTITIONS);
    private final Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults());
    private final AtomicIntegerArray handled = new AtomicIntegerArray(1000);

    @AfterEach
    void close() {
        topic.close();
        maintenance.close();
    }

    private KafkaWorker<Integer, Integer> join(String name, Map<String, Object> settings) {
        return KafkaWorker.join(
                maintenance,
                topic.input(settings),
                message -> handled.incrementAndGet(message.value()),
                KafkaWorkerOptions.defaults().withName(name));
    }

    private int sum() {
        return IntStream.range(0, topic.sent()).map(handled::get).sum();
    }

    private void enter() throws InterruptedException {
        maintenance.enter(Signal.of("alice", "disk"));
        assertThat(maintenance.await(Admission.CLOSED, LONG)).isTrue();
    }

    /** Reported: spring-projects/spring-kafka#813, atleon/atleon#422. */
    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aRebalanceInsideAWindowNeitherLiftsThePauseNorKeepsItForEver(String protocol) throws Exception {
        Map<String, Object> settings = Map.of("group.protocol", protocol);
        try (KafkaWorker<Integer, Integer> one = join("one", settings)) {
            topic.sendMany(40);
            await().atMost(LONG).until(() -> sum() == 40);
            enter();
            KafkaWorker<Integer, Integer> two = join("two", settings);
            await().atMost(LONG)
                    .until(() -> topic.members().size() == 2
                            && topic.members().values().stream().allMatch(part -> part.size() == PARTITIONS / 2));
            assertThat(maintenance.await(Admission.CLOSED, LONG)).isTrue();
            topic.sendMany(40);
            two.close();
            await().atMost(LONG)
                    .until(() -> topic.members().values().stream().anyMatch(part -> part.size() == PARTITIONS));
            awaitPolls(one);
            assertThat(sum()).isEqualTo(40);

            maintenance.leave();

            await().atMost(LONG).until(() -> sum() == 80);
            await().atMost(LONG).until(() -> topic.committed() == 80);
        }
        assertThat(IntStream.range(0, 80).map(handled::get)).containsOnly(1);
    }

    /** Until what came before has been seen by a whole poll. */
    private static void awaitPolls(KafkaWorker<?, ?> worker) {
        long before = worker.polls();
        await().atMost(LONG).until(() -> worker.polls() > before + 2);
    }

    /** Until it has been told that its partitions are taken away: it polls ten times a second, and not while it waits for their records. */
    private static void awaitNoPolls(KafkaWorker<?, ?> worker) {
        var polls = new AtomicLong(worker.polls());
        var since = new AtomicLong(System.nanoTime());
        await().atMost(LONG).until(() -> {
            if (polls.getAndSet(worker.polls()) != polls.get()) {
                since.set(System.nanoTime());
            }
            return System.nanoTime() - since.get() > Duration.ofSeconds(1).toNanos();
        });
    }

    /** Reported: confluentinc/parallel-consumer#857. */
    @Test
    void aMemberKeepsItsPlaceInAWindowAndAHandlerThatAreLongerThanThePollInterval() throws Exception {
        Duration interval = Duration.ofSeconds(5);
        var release = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        Map<String, Object> settings = Map.of("max.poll.interval.ms", (int) interval.toMillis());
        try (KafkaWorker<Integer, Integer> worker = KafkaWorker.join(
                maintenance,
                topic.input(settings),
                message -> {
                    begun.countDown();
                    release.await();
                    handled.incrementAndGet(message.value());
                },
                KafkaWorkerOptions.defaults())) {
            topic.send(0);
            begun.await();
            var member = topic.members().keySet();
            maintenance.enter(Signal.of("alice", "disk"));
            long since = System.nanoTime();
            await().atMost(LONG)
                    .until(() ->
                            System.nanoTime() - since > interval.plusSeconds(1).toNanos());
            assertThat(topic.members().keySet()).isEqualTo(member);
            release.countDown();
            assertThat(maintenance.await(Admission.CLOSED, LONG)).isTrue();
            assertThat(topic.committed()).isEqualTo(1);
            assertThat(worker.underWay()).isZero();
        }
    }

    /** What is being handled when a partition is taken away is committed first, so its next owner does not handle it again. */
    @Test
    void aRebalanceAwaitsWhatIsUnderWay() throws Exception {
        var release = new CountDownLatch(1);
        var begun = new CountDownLatch(PARTITIONS);
        try (KafkaWorker<Integer, Integer> one = KafkaWorker.join(
                maintenance,
                topic.input(Map.of()),
                message -> {
                    begun.countDown();
                    release.await();
                    handled.incrementAndGet(message.value());
                },
                KafkaWorkerOptions.defaults().withName("one"))) {
            topic.sendMany(PARTITIONS);
            begun.await();
            try (KafkaWorker<Integer, Integer> two = join("two", Map.of())) {
                await().atMost(LONG).until(() -> topic.members().size() == 2);
                awaitNoPolls(one);
                release.countDown();
                await().atMost(LONG)
                        .until(() -> topic.members().values().stream().allMatch(part -> part.size() == PARTITIONS / 2));
                topic.sendMany(40);
                await().atMost(LONG).until(() -> topic.committed() == topic.sent());
                assertThat(one.underWay() + two.underWay()).isZero();
            }
        }
        assertThat(IntStream.range(0, topic.sent()).map(handled::get)).containsOnly(1);
    }
}
