package dev.signalbox.llm;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Keeps attempts away from a provider that fails: it opens after so many failures in a row, and after a while lets one
 * attempt through, the trial, which decides. Thread-safe.
 */
final class CircuitBreaker {
    private enum State {
        CLOSED,
        OPEN,
        TRIAL
    }

    private final int limit;
    private final long openNanos;
    private final LongSupplier nanos;
    private final Consumer<Boolean> changed;
    private State state = State.CLOSED;
    private long period;
    private int failures;
    private long opened;

    /** @param changed called with true when it opens and false when it closes, without the lock */
    CircuitBreaker(int limit, long openNanos, LongSupplier nanos, Consumer<Boolean> changed) {
        this.limit = limit;
        this.openNanos = openNanos;
        this.nanos = nanos;
        this.changed = changed;
    }

    /** Empty if the attempt must not be made. A permit has to be given back by one of its three methods. */
    synchronized Optional<Permit> enter() {
        if (state == State.OPEN && nanos.getAsLong() - opened >= openNanos) {
            change(State.TRIAL);
            return Optional.of(new Permit(period));
        }
        return state == State.CLOSED ? Optional.of(new Permit(period)) : Optional.empty();
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
        if (in != period || limit == 0) {
            return false;
        }
        failures++;
        if (state == State.TRIAL || failures >= limit) {
            boolean news = state == State.CLOSED;
            change(State.OPEN);
            opened = nanos.getAsLong();
            return news;
        }
        return false;
    }

    private synchronized void reopen(long in) {
        if (in == period && state == State.TRIAL) {
            change(State.OPEN);
        }
    }

    /**
     * Leave for one attempt, with the number of the period it was given in. A result counts in that period only: an answer that
     * was under way when the circuit opened does not close it, and a late failure does not open it again.
     */
    final class Permit {
        private final long in;

        private Permit(long in) {
            this.in = in;
        }

        /** The provider answered, if only to refuse. */
        void succeeded() {
            if (closes(in)) {
                changed.accept(false);
            }
        }

        void failed() {
            if (opens(in)) {
                changed.accept(true);
            }
        }

        /** The attempt ended before the provider could show how it is. The next attempt becomes the trial. */
        void abandoned() {
            reopen(in);
        }
    }
}
