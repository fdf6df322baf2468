package dev.signalbox.testing.services;

import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A database for the tests of a store. A test of all kinds is a parameterized class with {@link #each} as its source; all methods of
 * the class share the database of a kind. Thread-safe.
 */
public final class StoreDatabase {
    private final String kind;
    private final Supplier<String> make;
    private @Nullable String url;

    private StoreDatabase(String kind, Supplier<String> make) {
        this.kind = kind;
        this.make = make;
    }

    /** An empty one on SQLite, PostgreSQL and MariaDB each. */
    public static Stream<StoreDatabase> each() {
        return Stream.of(
                new StoreDatabase(
                        "SQLite", () -> "sqlite:" + Scratch.untilExit("store").resolve("store.db")),
                new StoreDatabase("PostgreSQL", () -> RealPostgres.shared().freshDatabase()),
                new StoreDatabase("MariaDB", () -> RealMariaDb.shared().freshDatabase()));
    }

    /** Where it is, user included. It is made at the first call; skips or fails the test as {@link RealMariaDb#shared} does. */
    public synchronized String url() {
        if (url == null) {
            url = make.get();
        }
        return url;
    }

    @Override
    public String toString() {
        return kind;
    }
}
