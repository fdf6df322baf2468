package dev.signalbox.maintenance.control;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The lock of a {@link NodeMaintenance}, and the one condition by which all changes are told. Thread-safe. */
final class Monitor {
    /** Clocks may be set, so what depends on one is looked at again this often at least. */
    private static final long LONGEST_WAIT = 1_000_000_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Changes something, and wakes all that wait. */
    void run(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    <T> T get(Supplier<T> question) {
        lock.lock();
        try {
            return question.get();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a condition, which is checked under the lock.
     *
     * @param end when to stop waiting, by {@link System#nanoTime}; asked again at each look
     * @return whether the condition holds
     */
    boolean await(BooleanSupplier condition, LongSupplier end) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!condition.getAsBoolean()) {
                long rest = end.getAsLong() - System.nanoTime();
                if (rest <= 0) {
                    return false;
                }
                changed.awaitNanos(Math.min(rest, LONGEST_WAIT));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
