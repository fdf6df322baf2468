package dev.signalbox.observatory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A bounded number of bytes that contexts share. A context may use up to {@code factor} times what is free. So the more
 * contexts hold something, the less each may have, and there is always room for one more. Thread-safe and lock-free.
 *
 * <p>The rule is that of dynamic thresholds: Choudhury and Hahne, "Dynamic queue length thresholds for shared-memory
 * packet switches", IEEE/ACM Transactions on Networking 6(2), 1998.
 */
final class SharedBudget {
    private static final double UNSHARED = Double.MAX_VALUE;

    private final long total;
    private final double factor;
    private final AtomicLong used = new AtomicLong();

    private SharedBudget(long total, double factor) {
        this.total = total;
        this.factor = factor;
    }

    static SharedBudget fair(long total, double factor) {
        return new SharedBudget(total, factor);
    }

    /** For one user only: it may use all. */
    static SharedBudget unshared(long total) {
        return new SharedBudget(total, UNSHARED);
    }

    /** Takes the amount for the user that has {@code own} already; false, and nothing taken, if it is too much. */
    boolean take(AtomicLong own, long amount) {
        long free = total - used.addAndGet(amount);
        long mine = own.addAndGet(amount);
        if (free >= 0 && (factor == UNSHARED || mine <= factor * free)) {
            return true;
        }
        give(own, amount);
        return false;
    }

    /** Takes it whatever the bound. */
    void force(AtomicLong own, long amount) {
        own.addAndGet(amount);
        used.addAndGet(amount);
    }

    void give(AtomicLong own, long amount) {
        own.addAndGet(-amount);
        used.addAndGet(-amount);
    }

    long used() {
        return used.get();
    }
}
