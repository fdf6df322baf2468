package dev.signalbox.mail;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Connections to one server. At most {@link SmtpPoolOptions#connections()} are open at a time; who wants one more waits in
 * line. Thread-safe.
 */
final class SmtpPool implements AutoCloseable {
    private final SmtpPoolOptions options;
    private final SmtpWatch watch;
    private final SmtpHandshake handshake;
    private final Semaphore permits;
    /** Used last, taken first, so that what is not needed grows old. */
    private final ConcurrentLinkedDeque<SmtpConnection> idle = new ConcurrentLinkedDeque<>();

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();

    SmtpPool(SmtpOptions options, TokenCaches caches) {
        this.options = options.pool();
        watch = new SmtpWatch(options.host(), this::expire);
        handshake = new SmtpHandshake(options, watch, caches.of(options));
        permits = new Semaphore(this.options.connections(), true);
    }

    /** Makes what keeps the tokens of an account. */
    @FunctionalInterface
    interface TokenCaches {
        @Nullable
        TokenCache of(SmtpOptions options);
    }

    /**
     * Gives a connection for one message, to be given back by {@link #release}.
     *
     * @param fresh makes a new one, because a kept one turned out to be dead
     * @param end when it has to be there, in {@link System#nanoTime()}
     * @throws IOException if none is free in time, or none can be made
     */
    SmtpConnection acquire(boolean fresh, long end) throws InterruptedException, IOException {
        long wait = Math.min(options.maxWait().toNanos(), end - System.nanoTime());
        if (!permits.tryAcquire(wait, TimeUnit.NANOSECONDS)) {
            throw new IOException("no connection was free within " + Duration.ofNanos(Math.max(0, wait)) + ": all "
                    + options.connections() + " are busy (allow more connections, or a longer maxWait)");
        }
        boolean taken = false;
        try {
            var connection = fresh ? make(end) : take(end);
            taken = true;
            return connection;
        } finally {
            if (!taken) {
                permits.release();
            }
        }
    }

    private SmtpConnection take(long end) throws IOException {
        for (var kept = idle.pollFirst(); kept != null; kept = idle.pollFirst()) {
            long now = System.nanoTime();
            boolean usable =
                    !kept.isExhausted(options, now) && (!kept.isIdleFor(options.noop(), now) || kept.isAlive());
            if (usable) {
                return kept;
            }
            discard(kept);
        }
        return make(end);
    }

    private SmtpConnection make(long end) throws IOException {
        if (open.incrementAndGet() > options.connections()) {
            var oldest = idle.pollLast();
            if (oldest != null) {
                discard(oldest);
            }
        }
        boolean made = false;
        try {
            var connection = handshake.open(end);
            made = true;
            return connection;
        } finally {
            if (!made) {
                open.decrementAndGet();
            }
        }
    }

    void release(SmtpConnection connection) {
        if (closed.get() || connection.isExhausted(options, System.nanoTime())) {
            discard(connection);
        } else {
            idle.addFirst(connection);
        }
        permits.release();
    }

    private void discard(SmtpConnection connection) {
        connection.quit();
        watch.remove(connection.wire());
        open.decrementAndGet();
    }

    /** Closes those that nobody needed for a while. */
    private void expire() {
        long now = System.nanoTime();
        var oldest = idle.peekLast();
        while (oldest != null && oldest.isIdleFor(options.idle(), now) && idle.removeLastOccurrence(oldest)) {
            var expired = oldest;
            // Not on the watch's own thread: a server that does not answer QUIT would hold it up.
            Thread.ofVirtual().name("smtp-quit").start(() -> discard(expired));
            oldest = idle.peekLast();
        }
    }

    /** Waits until no connection is in use; false if some still are after {@code most}. */
    boolean awaitIdle(Duration most) throws InterruptedException {
        boolean all = permits.tryAcquire(options.connections(), most.toNanos(), TimeUnit.NANOSECONDS);
        if (all) {
            permits.release(options.connections());
        }
        return all;
    }

    /** Closes idle connections politely and cuts the others. */
    @Override
    public void close() {
        closed.set(true);
        for (var kept = idle.pollFirst(); kept != null; kept = idle.pollFirst()) {
            discard(kept);
        }
        watch.close();
    }
}
