package dev.signalbox.router;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

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
        private final int maxCount;
        private final long maxBytes;
        private final AtomicInteger count = new AtomicInteger();
        private final AtomicLong bytes = new AtomicLong();

        Share(int maxCount, long maxBytes) {
            this.maxCount = maxCount;
            this.maxBytes = maxBytes;
        }

        boolean take(int more) {
            boolean fits = count.incrementAndGet() <= maxCount;
            if (bytes.addAndGet(more) > maxBytes || !fits) {
                give(more);
                return false;
            }
            return true;
        }

        void give(int less) {
            count.decrementAndGet();
            bytes.addAndGet(-less);
        }
    }
}
