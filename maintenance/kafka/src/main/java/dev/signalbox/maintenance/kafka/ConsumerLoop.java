package dev.signalbox.maintenance.kafka;

import dev.signalbox.maintenance.control.AdmissionGate;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that owns a Kafka consumer. Each step commits what was handled, pauses and resumes partitions, and polls.
 *
 * <p>A partition has one batch at a time and is paused meanwhile, so polls go on and the member keeps its place in the group,
 * however long a handler or a maintenance takes.
 */
final class ConsumerLoop<K, V> implements ConsumerRebalanceListener {
    /*
     * The gate, not the pause, is what keeps records from being handled in maintenance: a rebalance gives partitions back without
     * their pause. Each step pauses again all that is assigned; what one poll brought until then is refused by the gate, and read
     * again from its first record.
     */
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerLoop.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration COMMIT = Duration.ofSeconds(5);

    private final Consumer<K, V> consumer;
    private final RecordHandler<K, V> handler;
    private final AdmissionGate gate;
    private final KafkaWorkerOptions options;
    private final Thread thread;
    /** By partition; changed by the loop alone. */
    private final Map<TopicPartition, Batch<K, V>> batches = new ConcurrentHashMap<>();
    /** Handled and not committed. */
    private final Map<TopicPartition, OffsetAndMetadata> uncommitted = new HashMap<>();
    /** When a partition whose handler failed goes on, by {@link System#nanoTime}. */
    private final Map<TopicPartition, Long> resting = new HashMap<>();

    private final LongAdder polls = new LongAdder();
    private final LongAdder handled = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition settling = lock.newCondition();
    private boolean settled;
    private boolean woken;
    private volatile boolean closed;
    private volatile @Nullable String problem;

    ConsumerLoop(Consumer<K, V> consumer, RecordHandler<K, V> handler, AdmissionGate gate, KafkaWorkerOptions options) {
        this.consumer = consumer;
        this.handler = handler;
        this.gate = gate;
        this.options = options;
        this.thread = Thread.ofPlatform()
                .name("signalbox-kafka-" + options.name())
                .daemon()
                .unstarted(this::run);
    }

    void start(Set<String> topics) {
        consumer.subscribe(topics, this);
        thread.start();
    }

    /** Closes the consumer of a loop that never starts. */
    void discard() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }

    private void run() {
        try {
            while (!closed) {
                stepOrRest();
            }
        } finally {
            leave();
        }
    }

    /** Nobody else would consume any more, so no failure ends this thread; it is the participant's problem until a step succeeds. */
    private void stepOrRest() {
        try {
            step();
            problem = null;
        } catch (RuntimeException | Error e) {
            if (problem == null) {
                LOG.warn("{} cannot consume; it tries again each {}", options.name(), options.backoff(), e);
            }
            problem = e.toString();
            LockSupport.parkNanos(options.backoff().toNanos());
        }
    }

    private void step() {
        collect();
        commit();
        admit();
        settle();
        begin(poll());
    }

    private void collect() {
        batches.forEach((partition, batch) -> {
            if (batch.isOver()) {
                collect(partition, batch);
            }
        });
    }

    private void collect(TopicPartition partition, Batch<K, V> batch) {
        batches.remove(partition);
        handled.add(batch.handled());
        batch.progress().ifPresent(offset -> uncommitted.put(partition, offset));
        batch.rest().ifPresent(offset -> consumer.seek(partition, offset));
        if (batch.hasFailed()) {
            failed.increment();
            resting.put(partition, System.nanoTime() + options.backoff().toNanos());
        }
    }

    /** What cannot be committed now is tried again at the next step. */
    private void commit() {
        // Ends: each batch that is over wakes at most once.
        while (!uncommitted.isEmpty()) {
            try {
                consumer.commitSync(Map.copyOf(uncommitted), COMMIT);
                uncommitted.clear();
            } catch (WakeupException e) {
                woken = true; // It was meant for a poll: look at the batches again before the next one waits.
            } catch (RebalanceInProgressException | RetriableCommitFailedException | TimeoutException e) {
                LOG.debug("{} commits later", options.name(), e);
                return;
            } catch (CommitFailedException e) {
                LOG.warn("{} was no member any more: what it handled last comes again", options.name(), e);
                uncommitted.clear();
            }
        }
    }

    private void admit() {
        Set<TopicPartition> assigned = consumer.assignment();
        if (gate.isClosed()) {
            consumer.pause(assigned);
            return;
        }
        long now = System.nanoTime();
        resting.values().removeIf(until -> now - until >= 0);
        Set<TopicPartition> free = new HashSet<>(assigned);
        free.removeAll(batches.keySet());
        free.removeAll(resting.keySet());
        consumer.resume(free);
    }

    /** Nothing can begin after this while the gate is closed: it refuses. */
    private void settle() {
        lock.lock();
        try {
            settled = gate.isClosed() && batches.isEmpty() && uncommitted.isEmpty();
            settling.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private ConsumerRecords<K, V> poll() {
        try {
            Duration wait = woken ? Duration.ZERO : POLL;
            woken = false;
            polls.increment();
            return consumer.poll(wait);
        } catch (WakeupException e) {
            return ConsumerRecords.empty();
        }
    }

    private void begin(ConsumerRecords<K, V> records) {
        for (TopicPartition partition : records.partitions()) {
            consumer.pause(Set.of(partition));
            batches.put(partition, new Batch<>(records.records(partition), gate, handler, this::wake).begin());
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        LOG.debug("{} has {}", options.name(), partitions);
    }

    /** The records under way are awaited and committed, so that their next owner begins behind them. */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        partitions.forEach(this::stop);
        long end = System.nanoTime() + options.deadline().toNanos();
        partitions.forEach(partition -> await(partition, end));
        commit();
        forget(partitions);
    }

    private void stop(TopicPartition partition) {
        Batch<K, V> batch = batches.get(partition);
        if (batch != null) {
            batch.stop();
        }
    }

    private void await(TopicPartition partition, long end) {
        Batch<K, V> batch = batches.get(partition);
        if (batch == null) {
            return;
        }
        try {
            if (batch.awaitOver(Duration.ofNanos(end - System.nanoTime()))) {
                collect(partition, batch);
            } else {
                LOG.warn(
                        "{} still handles a record of {}, which is taken away: it comes again",
                        options.name(),
                        partition);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** They are another's already: what is under way here is handled there, too. */
    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        partitions.forEach(this::stop);
        forget(partitions);
    }

    private void forget(Collection<TopicPartition> partitions) {
        batches.keySet().removeAll(partitions);
        uncommitted.keySet().removeAll(partitions);
        resting.keySet().removeAll(partitions);
    }

    /** The callbacks of closing await and commit what is under way. */
    private void leave() {
        try {
            consumer.close(CloseOptions.timeout(options.deadline()));
        } catch (KafkaException e) {
            LOG.warn("{} did not leave its group in order", options.name(), e);
        }
    }

    /** Ends a poll that waits, or a rest after a failure. From any thread. */
    void wake() {
        consumer.wakeup();
        LockSupport.unpark(thread);
    }

    /** Waits until all that was handled behind the closed gate is committed; false if it is not by then. From any thread. */
    boolean awaitSettled(long end) throws InterruptedException {
        wake();
        lock.lockInterruptibly();
        try {
            while (!settled) {
                long rest = end - System.nanoTime();
                if (rest <= 0) {
                    return false;
                }
                settling.awaitNanos(rest);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Opens the gate. From any thread. */
    void open() {
        lock.lock();
        try {
            gate.open();
            settled = false;
        } finally {
            lock.unlock();
        }
        wake();
    }

    /** Interrupts the records under way. From any thread. */
    void cut() {
        List.copyOf(batches.values()).forEach(Batch::cut);
    }

    long polls() {
        return polls.sum();
    }

    long handled() {
        return handled.sum();
    }

    long failed() {
        return failed.sum();
    }

    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Ends the loop once the records under way have ended, and leaves the group. From any thread; idempotent. */
    void close() {
        closed = true;
        wake();
        try {
            thread.join(options.deadline().multipliedBy(2).plus(COMMIT));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
