package dev.signalbox.ha.lease;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A pause that can be cut short; a signal that comes before the pause ends the next one. Thread-safe. */
final class Signal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition given = lock.newCondition();
    private boolean set;

    void give() {
        lock.lock();
        try {
            set = true;
            given.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void await(Duration most) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = most.toNanos();
            while (!set && left > 0) {
                left = given.awaitNanos(left);
            }
            set = false;
        } finally {
            lock.unlock();
        }
    }
}
