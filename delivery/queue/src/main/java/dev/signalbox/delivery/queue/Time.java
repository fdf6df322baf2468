package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** The two clocks of the queue, both in microseconds: one that says what is due, one that only goes forward. */
final class Time {
    private final InstantSource source;
    private final LongSupplier ticks;
    private final boolean databases;

    private Time(InstantSource source, LongSupplier ticks, boolean databases) {
        this.source = source;
        this.ticks = ticks;
        this.databases = databases;
    }

    static Time of(Database database) {
        return new Time(database.clock(), () -> System.nanoTime() / 1_000, true);
    }

    /** Both clocks from one source, so that a test which moves it moves all. */
    static Time of(InstantSource source) {
        return new Time(source, () -> Micros.of(source.instant()), false);
    }

    /** A clock that may be wrong beside one that only goes forward, in microseconds, as a simulated node has them. */
    static Time of(InstantSource source, LongSupplier ticks) {
        return new Time(source, ticks, false);
    }

    /** Whether it is the database's, so that statements may read it there, too. */
    boolean isDatabases() {
        return databases;
    }

    /** The time as {@link Micros}; may jump when the database's clock does. */
    long now() {
        return Micros.of(source.instant());
    }

    /** For measuring how long something takes. */
    long ticks() {
        return ticks.getAsLong();
    }
}
