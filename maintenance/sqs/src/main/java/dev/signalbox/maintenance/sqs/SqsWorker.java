package dev.signalbox.maintenance.sqs;

import dev.signalbox.maintenance.control.AdmissionGate;
import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.Phase;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * Receives the messages of a queue and hands each to a handler, at least once. During maintenance no message is begun; those under
 * way end and are deleted, and what a poll still brings is given back, so nothing stays invisible. Thread-safe.
 *
 * <p>A message that is given back was received once more, which counts against a redrive policy's limit.
 */
public final class SqsWorker implements AutoCloseable {
    private final AdmissionGate gate = new AdmissionGate();
    private final Maintenance maintenance;
    private final SqsWorkerOptions options;
    private final Poller poller;
    private final Drainable drainable = new Draining();

    private SqsWorker(Maintenance maintenance, Queue queue, MessageHandler handler, SqsWorkerOptions options) {
        this.maintenance = maintenance;
        this.options = options;
        this.poller = new Poller(queue, handler, gate, options);
    }

    /**
     * Begins to poll, and takes part in a maintenance from now on, in the phase {@link Phase#WORK}.
     *
     * @param client whose calls may take longer than {@link SqsWorkerOptions#pollWait}; it stays the caller's to close, after this
     * @throws IllegalArgumentException if the name is taken there
     */
    public static SqsWorker join(
            Maintenance maintenance,
            SqsClient client,
            String queueUrl,
            MessageHandler handler,
            SqsWorkerOptions options) {
        SqsWorker made = new SqsWorker(maintenance, new Queue(client, queueUrl), handler, options);
        maintenance.add(made.drainable);
        made.poller.start();
        return made;
    }

    Drainable drainable() {
        return drainable;
    }

    boolean isClosed() {
        return gate.isClosed();
    }

    /** How many messages are being handled. */
    public long underWay() {
        return gate.inside();
    }

    /** How many messages were handled since the start. */
    public long handled() {
        return poller.handled();
    }

    /** How often a handler failed since the start. */
    public long failed() {
        return poller.failed();
    }

    /**
     * Begins no further message, and returns when those under way have ended and the last poll has returned, however long that
     * takes: a message that it brings must be given back. Messages that last longer than the deadline are interrupted. Idempotent.
     */
    @Override
    public void close() {
        gate.close();
        maintenance.remove(options.name());
        try {
            if (gate.awaitEmpty(options.deadline()) > 0) {
                poller.cut();
            }
            poller.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
            gate.close();
            return gate.awaitEmpty(within);
        }

        @Override
        public void cut() {
            poller.cut();
        }

        @Override
        public void resume() {
            poller.open();
        }

        @Override
        public long underWay() {
            return gate.inside();
        }

        @Override
        public Optional<String> problem() {
            return poller.problem();
        }
    }
}
