package dev.signalbox.llm;

import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Keeps calls away from a provider that fails: it opens after so many failures in a row, and after a while lets one call
 * through, which decides. Thread-safe.
 *
 * <p>Each call carries the number of the period it was let through in. What it reports counts in that period only, so an
 * answer that was under way when the circuit opened does not close it, and a late failure does not open it again.
 */
final class Breaker {
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

    /** @param changed hears true when it opens and false when it closes; called without the lock */
    Breaker(int limit, long openNanos, LongSupplier nanos, Consumer<Boolean> changed) {
        this.limit = limit;
        this.openNanos = openNanos;
        this.nanos = nanos;
        this.changed = changed;
    }

    /** The period, or empty if the call must not be made. */
    synchronized OptionalLong enter() {
        if (state == State.OPEN && nanos.getAsLong() - opened >= openNanos) {
            change(State.TRIAL);
            return OptionalLong.of(period);
        }
        return state == State.CLOSED ? OptionalLong.of(period) : OptionalLong.empty();
    }

    private void change(State next) {
        state = next;
        period++;
        failures = 0;
    }

    /** The provider answered, if only to say no. */
    void succeeded(long in) {
        if (closes(in)) {
            changed.accept(false);
        }
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

    void failed(long in) {
        if (opens(in)) {
            changed.accept(true);
        }
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

    /** The call ended before the provider could show how it is. A trial is given to the next call. */
    synchronized void abandoned(long in) {
        if (in == period && state == State.TRIAL) {
            change(State.OPEN);
        }
    }
}
