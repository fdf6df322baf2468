package dev.signalbox.maintenance.kafka;

import dev.signalbox.maintenance.control.AdmissionGate;
import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.Phase;
import java.time.Duration;
import java.util.Optional;

/**
 * Reads topics as a member of a group and hands their records to a handler, each at least once, those of one partition in order.
 * During maintenance no record is begun; those under way end and are committed, and the member keeps its place in the group and
 * its partitions. Thread-safe.
 *
 * <p>As many records are handled at a time as there are partitions. An offset is committed only when the record and all before
 * it in its partition were handled.
 */
public final class KafkaWorker<K, V> implements AutoCloseable {
    private final AdmissionGate gate = new AdmissionGate();
    private final Maintenance maintenance;
    private final KafkaWorkerOptions options;
    private final ConsumerLoop<K, V> loop;
    private final Drainable drainable = new Draining();

    private KafkaWorker(
            Maintenance maintenance, KafkaInput<K, V> input, RecordHandler<K, V> handler, KafkaWorkerOptions options) {
        this.maintenance = maintenance;
        this.options = options;
        this.loop = new ConsumerLoop<>(input.open(), handler, gate, options);
    }

    /**
     * Begins to consume, and takes part in a maintenance from now on, in the phase {@link Phase#WORK}.
     *
     * @throws IllegalArgumentException if the name is taken there
     * @throws org.apache.kafka.common.KafkaException if the settings are wrong. That no broker answers is no reason: it is tried
     *     again, and told as the participant's problem where Kafka tells it
     */
    public static <K, V> KafkaWorker<K, V> join(
            Maintenance maintenance, KafkaInput<K, V> input, RecordHandler<K, V> handler, KafkaWorkerOptions options) {
        KafkaWorker<K, V> made = new KafkaWorker<>(maintenance, input, handler, options);
        try {
            maintenance.add(made.drainable);
        } catch (IllegalArgumentException e) {
            made.loop.discard();
            throw e;
        }
        made.loop.start(input.topics());
        return made;
    }

    Drainable drainable() {
        return drainable;
    }

    boolean isClosed() {
        return gate.isClosed();
    }

    /** How often it has polled since the start. */
    long polls() {
        return loop.polls();
    }

    /** How many records are being handled. */
    public long underWay() {
        return gate.inside();
    }

    /** How many records were handled since the start. */
    public long handled() {
        return loop.handled();
    }

    /** How often a handler failed since the start. */
    public long failed() {
        return loop.failed();
    }

    /**
     * Begins no further record, waits for those under way for as long as the deadline, commits, and leaves the group. Idempotent.
     */
    @Override
    public void close() {
        gate.close();
        maintenance.remove(options.name());
        loop.close();
    }

    private final class Draining implements Drainable {
        @Override
        public String name() {
            return options.name();
        }

        @Override
        public Phase phase() {
            return Phase.WORK;
        }

        @Override
        public Duration deadline() {
            return options.deadline();
        }

        @Override
        public long drain(Duration within) throws InterruptedException {
            long end = System.nanoTime() + within.toNanos();
            gate.close();
            long left = gate.awaitEmpty(within);
            if (left > 0) {
                return left;
            }
            return loop.awaitSettled(end) ? 0 : 1;
        }

        @Override
        public void cut() {
            loop.cut();
        }

        @Override
        public void resume() {
            loop.open();
        }

        @Override
        public long underWay() {
            return gate.inside();
        }

        @Override
        public Optional<String> problem() {
            return loop.problem();
        }
    }
}
