package dev.signalbox.router;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * What may wait on this node, in number and bytes. Clients together get at most half of it: what they do must not keep the
 * server's own code from working. Thread-safe.
 */
final class Budget {
    private final Share all;
    private final Share clients;

    Budget(int count, long bytes) {
        this.all = new Share(count, bytes);
        this.clients = new Share(Math.max(1, count / 2), Math.max(1, bytes / 2));
    }

    /** False, with nothing taken, if there is not as much left. */
    boolean take(int bytes, boolean forClient) {
        if (forClient && !clients.take(bytes)) {
            return false;
        }
        boolean taken = all.take(bytes);
        if (!taken && forClient) {
            clients.give(bytes);
        }
        return taken;
    }

    void give(int bytes, boolean forClient) {
        all.give(bytes);
        if (forClient) {
            clients.give(bytes);
        }
    }

    /** A number of things and the bytes of them. Thread-safe. */
    static final class Share {
        /** In place of two objects for each: every user has one of these. */
        private static final AtomicIntegerFieldUpdater<Share> COUNT =
                AtomicIntegerFieldUpdater.newUpdater(Share.class, "count");

        private static final AtomicLongFieldUpdater<Share> BYTES =
                AtomicLongFieldUpdater.newUpdater(Share.class, "bytes");

        private final int maxCount;
        private final long maxBytes;

        @SuppressWarnings("UnusedVariable") // by COUNT
        private volatile int count;

        @SuppressWarnings("UnusedVariable") // by BYTES
        private volatile long bytes;

        Share(int maxCount, long maxBytes) {
            this.maxCount = maxCount;
            this.maxBytes = maxBytes;
        }

        boolean take(int more) {
            boolean fits = COUNT.incrementAndGet(this) <= maxCount;
            if (BYTES.addAndGet(this, more) > maxBytes || !fits) {
                give(more);
                return false;
            }
            return true;
        }

        void give(int less) {
            COUNT.decrementAndGet(this);
            BYTES.addAndGet(this, -less);
        }
    }
}
