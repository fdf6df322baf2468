package dev.signalbox.server.delivery;

import dev.signalbox.server.node.Node;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The bulk requests under way. When the server stops they take no further batch, and the stop waits until they have answered
 * for the lines that they took. Thread-safe.
 */
final class BulkRequests implements Node.Drainable {
    private static final Duration LONGEST_DISCARD = Duration.ofSeconds(3);

    /** Its one standing party is the drain; each request is another while it lasts. */
    private final Phaser underWay = new Phaser(1);

    private volatile boolean stopping;

    boolean isStopping() {
        return stopping;
    }

    void begin() {
        underWay.register();
    }

    void end() {
        underWay.arriveAndDeregister();
    }

    @Override
    public void refuseNew() {
        stopping = true;
    }

    @Override
    public boolean drain(Duration within) throws InterruptedException {
        int phase = underWay.arrive();
        try {
            underWay.awaitAdvanceInterruptibly(phase, within.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /** Reads what a client still sends: most look for the answer only then, and a connection that is cut loses it. */
    void discardRest(InputStream in) throws IOException {
        long end = System.nanoTime() + LONGEST_DISCARD.toNanos();
        byte[] buffer = new byte[64 * 1024];
        while (stopping && System.nanoTime() < end) {
            if (in.read(buffer) < 0) {
                return;
            }
        }
    }
}
