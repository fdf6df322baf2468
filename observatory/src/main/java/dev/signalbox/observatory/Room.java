package dev.signalbox.observatory;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that records may take, of all contexts and of each. Thread-safe, lock-free but for callers that wait. */
final class Room {
    private final ObservatoryOptions.Memory limits;
    private final AtomicLong used = new AtomicLong();
    private final Bell freed = new Bell();

    Room(ObservatoryOptions.Memory limits) {
        this.limits = limits;
    }

    boolean take(Lane lane, int weight) {
        if (used.addAndGet(weight) > limits.bytes()) {
            used.addAndGet(-weight);
            return false;
        }
        if (lane.bytes.addAndGet(weight) > limits.bytesPerContext()) {
            give(lane, weight);
            return false;
        }
        return true;
    }

    /** For the few words of our own, whatever the limits. */
    void force(Lane lane, int weight) {
        used.addAndGet(weight);
        lane.bytes.addAndGet(weight);
    }

    void give(Lane lane, long weight) {
        lane.bytes.addAndGet(-weight);
        used.addAndGet(-weight);
        freed.ring();
    }

    boolean await(Lane lane, int weight, long nanos) throws InterruptedException {
        return freed.await(() -> take(lane, weight), nanos);
    }

    long used() {
        return used.get();
    }
}
