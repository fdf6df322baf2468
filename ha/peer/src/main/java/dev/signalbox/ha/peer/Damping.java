package dev.signalbox.ha.peer;

import java.time.Duration;

/**
 * Keeps a peer that comes and goes from taking this node with it. To begin serving has to be wanted at each look for a while, and that
 * while doubles each time it was in vain, from the patience to an hour; it is the patience again after an hour of peace. To stop serving
 * is never delayed. For one thread.
 */
final class Damping {
    private static final Duration MOST = Duration.ofHours(1);

    private final Duration patience;
    private Mode mode = Mode.WAITING;
    private Duration needed;
    private long wantedSince;
    private boolean wanted;
    private long changedAt;

    Damping(Duration patience) {
        this.patience = patience;
        this.needed = patience;
    }

    Mode mode() {
        return mode;
    }

    /** Takes the wish of this moment; returns the mode that follows from it. */
    Mode next(Mode wish, long nanos) {
        if (wish == Mode.WAITING) {
            stop(nanos);
        } else if (mode == Mode.WAITING) {
            wish(nanos);
        } else if (nanos - changedAt > MOST.toNanos()) {
            needed = patience;
        }
        return mode;
    }

    private void wish(long nanos) {
        if (!wanted) {
            wanted = true;
            wantedSince = nanos;
        }
        if (nanos - wantedSince >= needed.toNanos()) {
            mode = Mode.SERVING;
            changedAt = nanos;
            wanted = false;
        }
    }

    private void stop(long nanos) {
        if (mode == Mode.SERVING) {
            mode = Mode.WAITING;
            changedAt = nanos;
            Duration doubled = needed.isZero() ? Duration.ofSeconds(1) : needed.multipliedBy(2);
            needed = doubled.compareTo(MOST) > 0 ? MOST : doubled;
        }
        wanted = false;
    }
}
