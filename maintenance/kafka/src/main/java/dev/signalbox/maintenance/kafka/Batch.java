package dev.signalbox.maintenance.kafka;

import dev.signalbox.maintenance.control.AdmissionGate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records of one partition, handled in order on a thread of their own, each inside the gate. It ends at the first one that the gate
 * refuses or that fails; those after it are not begun.
 */
final class Batch<K, V> {
    private static final Logger LOG = LoggerFactory.getLogger(Batch.class);

    private final List<ConsumerRecord<K, V>> records;
    private final AdmissionGate gate;
    private final RecordHandler<K, V> handler;
    private final Runnable ended;
    private final AtomicInteger handled = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean stopped;
    private volatile boolean failed;

    /** Records of one partition, at least one, in the order of their offsets. */
    Batch(List<ConsumerRecord<K, V>> records, AdmissionGate gate, RecordHandler<K, V> handler, Runnable ended) {
        this.records = records;
        this.gate = gate;
        this.handler = handler;
        this.ended = ended;
        this.thread = Thread.ofVirtual()
                .name("signalbox-kafka-" + records.getFirst().topic() + "-"
                        + records.getFirst().partition())
                .unstarted(this::run);
    }

    Batch<K, V> begin() {
        thread.start();
        return this;
    }

    private void run() {
        try {
            while (handled.get() < records.size() && !stopped && handle(records.get(handled.get()))) {
                handled.incrementAndGet();
            }
        } finally {
            over.countDown();
            ended.run();
        }
    }

    /** False if the gate refuses it or its handler fails. */
    private boolean handle(ConsumerRecord<K, V> message) {
        if (!gate.enter()) {
            return false;
        }
        try {
            handler.handle(message);
            return true;
        } catch (Exception | Error e) {
            // An interrupt comes from cut(); the thread ends here, so there is nobody to leave it to.
            failed = true;
            LOG.warn(
                    "The record {} of {}-{} could not be handled; it comes again",
                    message.offset(),
                    message.topic(),
                    message.partition(),
                    e);
            return false;
        } finally {
            gate.leave();
        }
    }

    /** Begins no further record. */
    void stop() {
        stopped = true;
    }

    /** Interrupts the record that is being handled. */
    void cut() {
        thread.interrupt();
    }

    boolean isOver() {
        return over.getCount() == 0;
    }

    /** False if a record is still being handled after {@code within}. */
    boolean awaitOver(Duration within) throws InterruptedException {
        return over.await(Math.max(0, within.toNanos()), TimeUnit.NANOSECONDS);
    }

    boolean hasFailed() {
        return failed;
    }

    int handled() {
        return handled.get();
    }

    /** What to commit; empty if no record was handled. Once it is over. */
    Optional<OffsetAndMetadata> progress() {
        int count = handled.get();
        if (count == 0) {
            return Optional.empty();
        }
        ConsumerRecord<K, V> last = records.get(count - 1);
        return Optional.of(new OffsetAndMetadata(last.offset() + 1, last.leaderEpoch(), ""));
    }

    /** Where to read on; empty if all records were handled. Once it is over. */
    OptionalLong rest() {
        int count = handled.get();
        return count == records.size()
                ? OptionalLong.empty()
                : OptionalLong.of(records.get(count).offset());
    }
}
