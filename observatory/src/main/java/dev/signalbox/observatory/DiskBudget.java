package dev.signalbox.observatory;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** How many bytes the files together may have; folders of contexts share them fairly. Thread-safe. */
final class DiskBudget {
    /** With it a context that is alone may have half. */
    private static final double FACTOR = 1;

    private final String what;
    private final long most;
    private final SharedBudget budget;

    private DiskBudget(String what, long most, SharedBudget budget) {
        this.what = what;
        this.most = most;
        this.budget = budget;
    }

    /** {@code shared}: whether there may be more than one folder. */
    static DiskBudget of(String what, long most, boolean shared) {
        return new DiskBudget(what, most, shared ? SharedBudget.fair(most, FACTOR) : SharedBudget.unshared(most));
    }

    /** There is no room within the bound; the disk itself may have some. */
    static final class BoundReachedException extends IOException {
        private static final long serialVersionUID = 1L;

        BoundReachedException(String message) {
            super(message);
        }
    }

    /** What one folder uses. */
    final class Share {
        private final AtomicLong own = new AtomicLong();

        /** @throws BoundReachedException if there is no room */
        void take(long bytes) throws BoundReachedException {
            if (!budget.take(own, bytes)) {
                throw new BoundReachedException(what + " have reached their bound: " + most + " bytes in all, of which "
                        + own.get() + " are in this folder");
            }
        }

        /** What is there already counts, even beyond the bound. */
        void found(long bytes) {
            budget.force(own, bytes);
        }

        void give(long bytes) {
            budget.give(own, bytes);
        }
    }

    Share share() {
        return new Share();
    }

    long used() {
        return budget.used();
    }
}
