package dev.signalbox.http;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Keeps requests away from a service that fails: it opens after so many failures in a row, and after a pause lets one request
 * through, the trial, which decides. The pauses double while trials fail. Thread-safe.
 */
public final class CircuitBreaker {
    /**
     * When it opens, and for how long.
     *
     * @param failures so many in a row open it; 0 for never
     * @param firstPause how long until the first trial; more than 0
     * @param longestPause how long at most between two trials; at least {@code firstPause}
     */
    public record Limits(int failures, Duration firstPause, Duration longestPause) {
        public Limits {
            if (failures < 0) {
                throw new IllegalArgumentException("failures is " + failures + "; it must be 0 or more");
            }
            if (!firstPause.isPositive()) {
                throw new IllegalArgumentException("firstPause is " + firstPause + "; it must be more than 0");
            }
            if (longestPause.compareTo(firstPause) < 0) {
                throw new IllegalArgumentException(
                        "longestPause is " + longestPause + "; it must be at least firstPause, " + firstPause);
            }
        }
    }

    private enum State {
        CLOSED,
        OPEN,
        TRIAL
    }

    private final Limits limits;
    private final LongSupplier nanos;
    private final Consumer<Boolean> changed;
    private State state = State.CLOSED;
    private Duration pause;

    /** Counts the changes of {@link #state}. */
    private long period;

    private int failures;
    private long opened;

    /**
     * @param nanos a monotonic clock, such as {@link System#nanoTime()}
     * @param changed called with true when it opens and false when it closes, without the lock, on the thread that found out
     */
    public CircuitBreaker(Limits limits, LongSupplier nanos, Consumer<Boolean> changed) {
        this.limits = limits;
        this.nanos = nanos;
        this.changed = changed;
        this.pause = limits.firstPause();
    }

    /** Empty if the request must not be made. A permit has to be given back by one of its three methods. */
    public synchronized Optional<Permit> enter() {
        if (state == State.OPEN && nanos.getAsLong() - opened >= pause.toNanos()) {
            change(State.TRIAL);
            return Optional.of(new Permit(period));
        }
        return state == State.CLOSED ? Optional.of(new Permit(period)) : Optional.empty();
    }

    /** Whether the service has failed, and no trial has succeeded since. */
    public synchronized boolean isOpen() {
        return state != State.CLOSED;
    }

    private void change(State next) {
        state = next;
        period++;
        failures = 0;
    }

    private synchronized boolean closes(long in) {
        if (in != period) {
            return false;
        }
        failures = 0;
        if (state != State.TRIAL) {
            return false;
        }
        change(State.CLOSED);
        return true;
    }

    private synchronized boolean opens(long in) {
        if (in != period || limits.failures() == 0) {
            return false;
        }
        failures++;
        if (state == State.CLOSED && failures < limits.failures()) {
            return false;
        }
        boolean news = state == State.CLOSED;
        pause = news ? limits.firstPause() : shorter(pause.multipliedBy(2), limits.longestPause());
        change(State.OPEN);
        opened = nanos.getAsLong();
        return news;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private synchronized void reopen(long in) {
        if (in == period && state == State.TRIAL) {
            change(State.OPEN);
        }
    }

    /**
     * Leave for one request, with the number of the period it was given in. A result counts in that period only: an answer that
     * was under way when the circuit opened does not close it, nor end the trial, and a late failure does not open it again.
     */
    public final class Permit {
        private final long in;

        private Permit(long in) {
            this.in = in;
        }

        /** The service answered, if only to refuse. */
        public void succeeded() {
            if (closes(in)) {
                changed.accept(false);
            }
        }

        public void failed() {
            if (opens(in)) {
                changed.accept(true);
            }
        }

        /** The request ended before the service could show how it is. The next request becomes the trial. */
        public void abandoned() {
            reopen(in);
        }
    }
}
