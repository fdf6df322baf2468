package dev.signalbox.session.bus;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The senders of a batch, from its end on: each is told, and may send again. The next batch waits for that, or else the senders would split
 * into two groups that take turns, in batches of half the size. Many do not send again, and what depends on a sender's future may
 * block, so it waits for a short time only. Thread-safe.
 *
 * <p>It shows in the events a batch that {@link BusListener#sent} tells, while sixteen senders wait for each of their events: nearly 16. Without the
 * wait until they have sent again it is about 14, without the wait until they are told about 10; and events a second fall with it, on
 * PostgreSQL and Redis ({@code ./signalbox bench session --rivals}, "durable appends, 16 writers").
 */
final class ToldSenders {
    static final ToldSenders NONE = new ToldSenders(0, 0, Patience.DEFAULT);

    /**
     * How long a batch waits for the senders of the one before.
     *
     * @param telling until all are told
     * @param returning until they have sent again, by the time that their batch took; in nanoseconds
     */
    record Patience(Duration telling, LongUnaryOperator returning) {
        private static final Duration MOST = Duration.ofMillis(1);

        /** Senders that do not come again make the next batch slower by no more than a quarter. */
        static final Patience DEFAULT = new Patience(MOST, nanos -> Math.min(nanos / 4, MOST.toNanos()));
    }

    private final int senders;
    private final long tellingNanos;
    private final long returningNanos;
    private final CountDownLatch told = new CountDownLatch(1);
    private volatile long toldNanos;
    private volatile @Nullable Thread waiter;

    static {
        NONE.told();
    }

    /** @param nanos how long their batch took */
    ToldSenders(int senders, long nanos, Patience patience) {
        this.senders = senders;
        this.tellingNanos = patience.telling().toNanos();
        this.returningNanos = patience.returning().applyAsLong(nanos);
    }

    /** All of them are told. */
    void told() {
        toldNanos = System.nanoTime();
        told.countDown();
    }

    /**
     * For one thread at a time: returns when all are told and as many events wait as there were senders, or when that takes too long.
     *
     * @param waiting how many events wait now; until the senders are told, theirs may be among them
     */
    void await(IntSupplier waiting) {
        if (!areTold()) {
            return;
        }
        // Race: an event may come between the count and the pause. Its sender counts, and then looks for the waiter:
        // one of the two sees the other.
        waiter = Thread.currentThread();
        long end = toldNanos + returningNanos;
        long left = end - System.nanoTime();
        while (left > 0
                && waiting.getAsInt() < senders
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, left);
            left = end - System.nanoTime();
        }
        waiter = null;
    }

    private boolean areTold() {
        try {
            return told.await(tellingNanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** For senders: so many events wait now, the caller's among them. */
    void sent(int waiting) {
        Thread current = waiter;
        if (current != null && waiting >= senders) {
            LockSupport.unpark(current);
        }
    }
}
