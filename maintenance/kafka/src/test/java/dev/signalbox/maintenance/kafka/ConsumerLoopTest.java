package dev.signalbox.maintenance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.maintenance.control.AdmissionGate;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** The loop when its consumer fails: in a way that Kafka does not name, or at a commit. */
class ConsumerLoopTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);

    @Test
    void anUnexpectedFailureIsTheParticipantsProblemAndTheLoopGoesOn() throws Exception {
        var told = new CountDownLatch(1);
        var consumer = new MockConsumer<Integer, Integer>("earliest");
        var loop = new ConsumerLoop<>(
                consumer,
                _ -> {},
                new AdmissionGate(),
                KafkaWorkerOptions.defaults().withBackoff(Duration.ofSeconds(1)));
        consumer.schedulePollTask(() -> {
            throw new IllegalStateException("a bug");
        });
        loop.start(Set.of("orders"));
        try {
            await().atMost(LONG).until(() -> loop.problem().isPresent());
            assertThat(loop.problem().orElseThrow()).contains("a bug");
            consumer.schedulePollTask(told::countDown);
            await().atMost(LONG)
                    .until(() -> told.getCount() == 0 && loop.problem().equals(Optional.empty()));
        } finally {
            loop.close();
        }
    }

    /** A drain that ended before would let the next owner of the partition begin with what was handled here. */
    @Test
    void whatCouldNotBeCommittedIsNotSettled() throws Exception {
        try (var closed = new RefusedCommit()) {
            assertThat(closed.loop.awaitSettled(in(Duration.ofMillis(300)))).isFalse();
            closed.consumer.answers = true;

            assertThat(closed.loop.awaitSettled(in(LONG))).isTrue();

            assertThat(closed.consumer.committed(Set.of(PARTITION))).containsEntry(PARTITION, new OffsetAndMetadata(1));
        }
    }

    /** It would be refused, and what else is in the same commit with it. */
    @Test
    void whatWasTakenAwayBeforeItsCommitIsNotCommitted() throws Exception {
        try (var closed = new RefusedCommit()) {
            closed.consumer.schedulePollTask(() -> {
                closed.loop.onPartitionsLost(Set.of(PARTITION));
                closed.consumer.answers = true;
            });

            assertThat(closed.loop.awaitSettled(in(LONG))).isTrue();

            assertThat(closed.consumer.committed(Set.of(PARTITION))).isEmpty();
        }
    }

    /** A loop that has handled one record, whose commit was refused, behind a gate that is closed. */
    private static final class RefusedCommit implements AutoCloseable {
        final RefusingConsumer consumer = new RefusingConsumer();
        final ConsumerLoop<Integer, Integer> loop;

        RefusedCommit() throws InterruptedException {
            var gate = new AdmissionGate();
            loop = new ConsumerLoop<>(consumer, _ -> {}, gate, KafkaWorkerOptions.defaults());
            loop.start(Set.of("orders"));
            assertThat(consumer.refused.await(60, TimeUnit.SECONDS)).isTrue();
            gate.close();
        }

        @Override
        public void close() {
            loop.close();
        }
    }

    private static long in(Duration time) {
        return System.nanoTime() + time.toNanos();
    }

    /** Brings one record, and does not answer to commits at first. */
    private static final class RefusingConsumer extends MockConsumer<Integer, Integer> {
        final CountDownLatch refused = new CountDownLatch(1);
        volatile boolean answers;

        RefusingConsumer() {
            super("earliest");
            schedulePollTask(() -> {
                rebalance(Set.of(PARTITION));
                updateBeginningOffsets(Map.of(PARTITION, 0L));
                addRecord(new ConsumerRecord<>(PARTITION.topic(), PARTITION.partition(), 0, 1, 1));
            });
        }

        @Override
        public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
            if (!answers) {
                refused.countDown();
                throw new TimeoutException("as the test wants");
            }
            super.commitSync(offsets, timeout);
        }
    }
}
