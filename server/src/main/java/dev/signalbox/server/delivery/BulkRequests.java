package dev.signalbox.server.delivery;

import dev.signalbox.maintenance.control.Drainable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * The bulk requests under way, in a drain: they take no further batch and answer for the lines that they took. Like all
 * requests they are waited for by the control plane's own participant. Thread-safe.
 */
final class BulkRequests implements Drainable {
    private static final Duration LONGEST_DISCARD = Duration.ofSeconds(3);

    private volatile boolean stopping;

    boolean isStopping() {
        return stopping;
    }

    @Override
    public String name() {
        return "bulk-requests";
    }

    @Override
    public long drain(Duration within) {
        stopping = true;
        return 0;
    }

    @Override
    public void resume() {
        stopping = false;
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
