package dev.signalbox.maintenance.control;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts what is inside, lets nothing in while it is closed, and tells when the last one has left. Thread-safe. {@link #enter()}
 * and {@link #leave} do not allocate, and take no lock while the gate is open.
 *
 * <p>Once {@link #close} has returned, nothing enters; what {@link #enter()} let in before is counted until it leaves. Each
 * successful {@code enter} needs exactly one {@code leave}, from any thread.
 */
public final class AdmissionGate {
    /*
     * One counter would be contended by all cores, so there are several, each on a cache line of its own; a thread takes the one
     * that its id falls on. Their sum is what is inside.
     *
     * Entering counts first and looks at `closed` second; closing sets `closed` first and sums second. All four are volatile
     * accesses, so they have one order for all threads: either the entering thread sees `closed` and takes its count back, or its
     * count was there before the sum began. Leaving may hit another counter than entering did, so a single one can be negative;
     * but of each one inside, the sum has seen the +1 for sure and the -1 at most if it has left. So a sum of 0 after `closed`
     * means that nobody is inside. One that was refused counts up and down on the same counter: it can only make the sum too
     * great for a moment, and wakes the waiting closer when it takes its count back.
     */
    private static final int STRIDE = 16; // longs: 128 bytes, two cache lines, since these are fetched in pairs
    private static final int STRIPES = stripes(Runtime.getRuntime().availableProcessors());

    private final AtomicLongArray counts = new AtomicLongArray(STRIPES * STRIDE);
    private final LongAdder refused = new LongAdder();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private final Condition opened = lock.newCondition();
    private volatile boolean closed;

    /** Twice the cores, as a power of two, 2 to 64. */
    private static int stripes(int cores) {
        return Math.clamp(Integer.highestOneBit(2 * cores), 2, 64);
    }

    /** Lets the caller in; false if the gate is closed. */
    public boolean enter() {
        int stripe = stripe();
        counts.getAndIncrement(stripe);
        if (closed) {
            takeBack(stripe);
            return false;
        }
        return true;
    }

    /** The same, and waits for the gate to open. False if it is still closed after {@code within}. */
    public boolean enter(Duration within) throws InterruptedException {
        long end = System.nanoTime() + within.toNanos();
        while (!enter()) {
            if (!awaitOpen(end)) {
                return false;
            }
        }
        return true;
    }

    private boolean awaitOpen(long end) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (closed) {
                long rest = end - System.nanoTime();
                if (rest <= 0) {
                    return false;
                }
                opened.awaitNanos(rest);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void takeBack(int stripe) {
        counts.getAndDecrement(stripe);
        refused.increment();
        wakeCloser();
    }

    /** Counts the caller out. */
    public void leave() {
        counts.getAndDecrement(stripe());
        if (closed) {
            wakeCloser();
        }
    }

    /** The low bits of thread ids differ for threads started one after the other. */
    private static int stripe() {
        return ((int) Thread.currentThread().threadId() & (STRIPES - 1)) * STRIDE;
    }

    private void wakeCloser() {
        lock.lock();
        try {
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets nothing in from now on. Idempotent. */
    public void close() {
        closed = true;
    }

    /** Lets in again; wakes those that wait to enter. Idempotent. */
    public void open() {
        lock.lock();
        try {
            closed = false;
            opened.signalAll();
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public boolean isClosed() {
        return closed;
    }

    /**
     * Waits until the closed gate is empty.
     *
     * @return how many are still inside after {@code within}; 0 if it became empty. If the gate is opened meanwhile, how many are
     *     inside, and at least 1
     */
    public long awaitEmpty(Duration within) throws InterruptedException {
        long end = System.nanoTime() + within.toNanos();
        lock.lockInterruptibly();
        try {
            // open() needs the lock, so the gate is closed from here to the wait, and the sum counts everyone inside.
            while (closed) {
                long inside = inside();
                long rest = end - System.nanoTime();
                if (inside == 0 || rest <= 0) {
                    return inside;
                }
                left.awaitNanos(rest);
            }
            return Math.max(1, inside());
        } finally {
            lock.unlock();
        }
    }

    /** How many are inside; exact while none enters or leaves. */
    public long inside() {
        long sum = 0;
        for (int stripe = 0; stripe < STRIPES; stripe++) {
            sum += counts.get(stripe * STRIDE);
        }
        return Math.max(0, sum);
    }

    /** How many were refused since the start. */
    public long refused() {
        return refused.sum();
    }
}
