package dev.signalbox.http;

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections to one origin. Thread-safe.
 *
 * <p>A server may close a connection right after its answer without having said so, and whether it read a request that meets
 * this is not to be known. Each connection is looked at before it is used again, but its end may still be under way. So until
 * an origin has shown to keep connections, one rests for {@link HttpTransportOptions#settling()} before it is used again; from
 * then on it is used at once. An origin that closes one early has to show it again.
 */
final class KeptConnections {
    private static final long EARLY = TimeUnit.SECONDS.toNanos(1);

    /** Used last, taken first, so that what is not needed grows old. */
    private final ConcurrentLinkedDeque<HttpConnection> idle = new ConcurrentLinkedDeque<>();

    private final AtomicInteger keptInAll;
    private final Duration settling;
    private volatile boolean proven;
    private volatile long lastUsed = System.nanoTime();

    KeptConnections(AtomicInteger keptInAll, Duration settling) {
        this.keptInAll = keptInAll;
        this.settling = settling;
    }

    /** An open connection that nobody else has; null if there is none that may be used. */
    @Nullable
    HttpConnection take(long deadline) {
        lastUsed = System.nanoTime();
        for (var kept = poll(); kept != null; kept = poll()) {
            long idleFor = System.nanoTime() - kept.idleSince();
            if (!proven && idleFor < settling.toNanos()) {
                idle.addLast(kept);
                keptInAll.incrementAndGet();
                return null;
            }
            if (kept.tryTake(deadline)) {
                return kept;
            }
            if (idleFor < EARLY) {
                proven = false;
            }
        }
        return null;
    }

    private @Nullable HttpConnection poll() {
        var kept = proven ? idle.pollFirst() : idle.pollLast();
        if (kept != null) {
            keptInAll.decrementAndGet();
        }
        return kept;
    }

    /** Keeps an idle connection, unless {@code most} are kept in all. */
    void keep(HttpConnection connection, int most) {
        if (keptInAll.incrementAndGet() > most) {
            keptInAll.decrementAndGet();
            connection.close();
        } else {
            idle.addFirst(connection);
        }
    }

    void prove(boolean keeps) {
        if (proven != keeps) {
            proven = keeps;
        }
    }

    /** Lets go of those that were closed. */
    void sweep() {
        for (var kept : idle) {
            if (kept.isClosed() && idle.removeLastOccurrence(kept)) {
                keptInAll.decrementAndGet();
            }
        }
    }

    boolean isUnused(long now, Duration since) {
        return idle.isEmpty() && now - lastUsed > since.toNanos();
    }
}
