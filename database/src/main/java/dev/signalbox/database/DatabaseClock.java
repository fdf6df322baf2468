package dev.signalbox.database;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The database's time, told without asking it each time: an answer of its plus what the local monotonic clock has counted
 * since. So all nodes agree on what is due, whatever their own clocks say. Thread-safe.
 *
 * <p>An answer may have been given at any moment of its round trip, so it is off by at most half of that (Cristian, 1989).
 * An answer that took long says little: it is passed over unless what is known has become worse than that by drift.
 */
public final class DatabaseClock implements InstantSource {
    /** An answer as good as this always counts, so that the clock follows one that was set. */
    private static final long GOOD_NANOS = Duration.ofMillis(100).toNanos();

    /** How much two clocks may drift apart: 200 millionths. */
    private static final long DRIFT = 5_000;

    /**
     * @param nanos when the local clock stood there
     * @param doubtNanos how far off it may be
     */
    private record Reading(Instant databaseTime, long nanos, long doubtNanos) {
        /** The middle of the round trip is the best guess. */
        static Reading of(Instant databaseTime, long sentNanos, long answeredNanos) {
            long half = (answeredNanos - sentNanos) / 2;
            return new Reading(databaseTime, sentNanos + half, half);
        }

        long doubtAt(long nowNanos) {
            return doubtNanos + (nowNanos - nanos) / DRIFT;
        }

        boolean isGood() {
            return doubtNanos <= GOOD_NANOS;
        }
    }

    private final LongSupplier ticks;
    private volatile Reading reading;
    private volatile long askedNanos;

    DatabaseClock(Instant databaseTime, long sentNanos, long answeredNanos, LongSupplier ticks) {
        this.ticks = ticks;
        reading = Reading.of(databaseTime, sentNanos, answeredNanos);
        askedNanos = answeredNanos;
    }

    /**
     * Takes an answer, unless it took too long to say anything new.
     *
     * @param sentNanos {@link System#nanoTime} before the question
     * @param answeredNanos and after the answer
     */
    synchronized void observe(Instant databaseTime, long sentNanos, long answeredNanos) {
        Reading other = Reading.of(databaseTime, sentNanos, answeredNanos);
        if (other.isGood() || other.doubtNanos() <= reading.doubtAt(answeredNanos)) {
            reading = other;
        }
        askedNanos = answeredNanos;
    }

    /** Whether it is known well enough not to ask again at once. */
    boolean isGood() {
        return reading.isGood();
    }

    @Override
    public Instant instant() {
        Reading last = reading;
        return last.databaseTime().plusNanos(ticks.getAsLong() - last.nanos());
    }

    /** How long ago the database was last asked. */
    public Duration age() {
        return Duration.ofNanos(ticks.getAsLong() - askedNanos);
    }
}
