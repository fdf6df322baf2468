package dev.signalbox.testing.services;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A database for the tests of a store. A test of all kinds is a parameterized class with {@link #each} as its source; all methods of
 * the class share the database of a kind. Thread-safe.
 */
public final class StoreDatabase {
    private static final AtomicInteger STAND_INS = new AtomicInteger();

    private final String kind;
    private final Supplier<String> make;
    private @Nullable String url;

    private StoreDatabase(String kind, Supplier<String> make) {
        this.kind = kind;
        this.make = make;
    }

    /** An empty one on SQLite, PostgreSQL, MariaDB and the stand-in for SQL Server each; that is in a module of its own, {@code testing/sqlserver}. */
    public static Stream<StoreDatabase> each() {
        return Stream.of(
                new StoreDatabase(
                        "SQLite", () -> "sqlite:" + Scratch.untilExit("store").resolve("store.db")),
                new StoreDatabase("PostgreSQL", () -> RealPostgres.shared().freshDatabase()),
                new StoreDatabase("MariaDB", () -> RealMariaDb.shared().freshDatabase()),
                new StoreDatabase(
                        "stand-in for SQL Server",
                        () -> "sqlserver://sa@stand-in?database=store_" + STAND_INS.incrementAndGet()));
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
