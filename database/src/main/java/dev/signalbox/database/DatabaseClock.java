package dev.signalbox.database;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The database's time, told without asking it each time: its last answer plus what the local monotonic clock has counted
 * since. So all nodes agree on what is due, whatever their own clocks say. Thread-safe.
 */
public final class DatabaseClock implements InstantSource {
    private record Reading(Instant databaseTime, long nanos) {}

    private volatile Reading reading;

    DatabaseClock(Instant databaseTime, long sentNanos, long answeredNanos) {
        reading = at(databaseTime, sentNanos, answeredNanos);
    }

    /** The error is at most half of the round trip, so the middle of it is the best guess. */
    private static Reading at(Instant databaseTime, long sentNanos, long answeredNanos) {
        return new Reading(databaseTime, sentNanos + (answeredNanos - sentNanos) / 2);
    }

    /** Takes a new answer; {@code sentNanos} and {@code answeredNanos} are {@link System#nanoTime} around the question. */
    public void observe(Instant databaseTime, long sentNanos, long answeredNanos) {
        reading = at(databaseTime, sentNanos, answeredNanos);
    }

    @Override
    public Instant instant() {
        Reading last = reading;
        return last.databaseTime().plusNanos(System.nanoTime() - last.nanos());
    }

    /** How long ago the database was last asked. */
    public Duration age() {
        return Duration.ofNanos(System.nanoTime() - reading.nanos());
    }
}
