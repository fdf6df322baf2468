package dev.signalbox.observatory;

/**
 * The memory that records may take, of all contexts and of each. Thread-safe; lock-free but for callers that wait.
 *
 * <p>Contexts share it fairly, see {@link SharedBudget}. The factor is the one with which a context that is alone reaches
 * {@code bytesPerContext}.
 */
final class MemoryBudget {
    /** With it a context that is alone reaches 8/9 of the memory, and another one still finds room. */
    private static final double LARGEST_FACTOR = 8;

    private final long perContext;
    private final SharedBudget budget;
    private final Notifier freed = new Notifier();
    private volatile boolean closed;

    /** {@code shared}: whether there may be more than one context. */
    MemoryBudget(ObservatoryOptions.Memory limits, boolean shared) {
        perContext = limits.bytesPerContext();
        budget = shared
                ? SharedBudget.fair(limits.bytes(), factor((double) perContext / limits.bytes()))
                : SharedBudget.unshared(limits.bytes());
    }

    private static double factor(double part) {
        return part < 1 ? Math.min(LARGEST_FACTOR, part / (1 - part)) : LARGEST_FACTOR;
    }

    boolean take(Lane lane, int weight) {
        if (lane.bytes.get() + weight > perContext || !budget.take(lane.bytes, weight)) {
            return false;
        }
        if (lane.bytes.get() > perContext) {
            give(lane, weight);
            return false;
        }
        return true;
    }

    /** For the library's own records, which are few, whatever the bounds. */
    void force(Lane lane, int weight) {
        budget.force(lane.bytes, weight);
    }

    void give(Lane lane, long weight) {
        budget.give(lane.bytes, weight);
        freed.signal();
    }

    /** Waits for room and takes it; false if there was none in time, or since the close. */
    boolean await(Lane lane, int weight, long nanos) throws InterruptedException {
        boolean[] taken = new boolean[1];
        freed.await(() -> closed || (taken[0] = take(lane, weight)), nanos);
        return taken[0];
    }

    /** Turns away those who wait. */
    void close() {
        closed = true;
        freed.signal();
    }

    long used() {
        return budget.used();
    }
}
