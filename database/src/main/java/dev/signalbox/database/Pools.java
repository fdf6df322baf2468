package dev.signalbox.database;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * The connections that one part of the program works with. SQLite has one that writes and a few that read; elsewhere both
 * are the same.
 */
record Pools(Pool writers, Pool readers) implements AutoCloseable {
    private static final int SQLITE_READERS = 4;
    private static final String SQLITE_PROBE_PATIENCE_MILLIS = "500";
    private static final int IDLE = 2;

    /** The pools that a database starts with. */
    static Pools open(DatabaseConfig config) {
        return config.dialect() == Dialect.SQLITE
                ? sqlite(config)
                : server(
                        config,
                        "main",
                        config.pool().size(),
                        IDLE,
                        config.pool().socketTimeout());
    }

    /** One pool of so many connections, all of which stay open; for a database that is a server. */
    static Pools apart(DatabaseConfig config, String name, int connections, Duration answerWithin) {
        return server(config, name, connections, connections, answerWithin);
    }

    private static Pools server(DatabaseConfig config, String name, int most, int idle, Duration answerWithin) {
        Optional<String> onConnect = Engine.of(config.dialect()).onConnect(config, answerWithin);
        DataSource connections = DriverDataSource.of(config, answerWithin);
        Pool pool = Pool.open(config, name, connections, most, idle, onConnect);
        return new Pools(pool, pool);
    }

    private static Pools sqlite(DatabaseConfig config) {
        DriverDataSource connections = DriverDataSource.of(config, Duration.ZERO);
        Pool writers = Pool.open(config, "main", connections, 1, 1, Optional.empty());
        try {
            return new Pools(
                    writers,
                    Pool.open(
                            config,
                            "readers",
                            connections.with("transaction_mode", "DEFERRED"),
                            Math.min(SQLITE_READERS, config.pool().size() - 1),
                            1,
                            Optional.of("pragma query_only = true")));
        } catch (RuntimeException | Error e) {
            writers.close();
            throw e;
        }
    }

    /** Where the write probe gets a connection. SQLite's one writer may be busy for long, so there it opens its own. */
    DataSource probes(DatabaseConfig config) {
        return config.dialect() == Dialect.SQLITE
                ? DriverDataSource.of(config, Duration.ZERO).with("busy_timeout", SQLITE_PROBE_PATIENCE_MILLIS)
                : writers.source();
    }

    void evict(String reason) {
        distinct().forEach(pool -> pool.evict(reason));
    }

    Stream<Pool> distinct() {
        return Stream.of(writers, readers).distinct();
    }

    @Override
    public void close() {
        distinct().forEach(Pool::close);
    }
}
