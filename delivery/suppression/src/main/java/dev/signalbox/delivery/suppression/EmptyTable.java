package dev.signalbox.delivery.suppression;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for a second that a table had no row, so that attempts cost no query as long as nobody uses it. What this node adds
 * counts at once, what another node adds first within that second. Thread-safe.
 */
final class EmptyTable {
    private static final Duration RECENT = Duration.ofSeconds(1);

    /**
     * That the table was empty.
     *
     * @param at when the look began, in {@link System#nanoTime()}
     * @param additions of this node before it began
     */
    private record Look(long at, long additions) {}

    private final AtomicLong additions = new AtomicLong();
    private volatile @Nullable Look seen;

    /** After the commit: a look that began before it may have found the table empty, and counts no more. */
    void added() {
        additions.incrementAndGet();
    }

    /** @param look asks the database */
    boolean isEmpty(BooleanSupplier look) {
        Look last = seen;
        if (last != null && last.additions() == additions.get() && System.nanoTime() - last.at() < RECENT.toNanos()) {
            return true;
        }
        var next = new Look(System.nanoTime(), additions.get());
        boolean empty = look.getAsBoolean();
        seen = empty ? next : null;
        return empty;
    }
}
