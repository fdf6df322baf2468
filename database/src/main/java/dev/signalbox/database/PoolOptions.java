package dev.signalbox.database;

import java.time.Duration;

/**
 * How a pool keeps its connections.
 *
 * @param size the most connections, 2 to 500; SQLite has one that writes, the others only read
 * @param connectTimeout how long a caller waits for a connection, and opening one may take, 100 ms to 5 minutes
 * @param socketTimeout how long an answer to a statement may take before its connection counts as lost, 1 s to 1 h. The
 *     server gives up on the statement a little earlier
 * @param maxLifetime how old a connection gets before another takes its place, 30 s to 24 h
 */
public record PoolOptions(int size, Duration connectTimeout, Duration socketTimeout, Duration maxLifetime) {
    public static final PoolOptions DEFAULT =
            new PoolOptions(10, Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(30));

    public PoolOptions {
        if (size < 2 || size > 500) {
            throw new IllegalArgumentException("database pool size is " + size + "; it must be 2 to 500");
        }
        between(
                "connect timeout",
                connectTimeout,
                Duration.ofMillis(100),
                Duration.ofMinutes(5),
                "100 ms to 5 minutes");
        between("socket timeout", socketTimeout, Duration.ofSeconds(1), Duration.ofHours(1), "1 s to 1 h");
        between("max lifetime", maxLifetime, Duration.ofSeconds(30), Duration.ofHours(24), "30 s to 24 h");
    }

    private static void between(String what, Duration value, Duration least, Duration most, String range) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("database " + what + " is " + value + "; it must be " + range);
        }
    }

    public PoolOptions withSize(int newSize) {
        return new PoolOptions(newSize, connectTimeout, socketTimeout, maxLifetime);
    }

    public PoolOptions withConnectTimeout(Duration newConnectTimeout) {
        return new PoolOptions(size, newConnectTimeout, socketTimeout, maxLifetime);
    }

    public PoolOptions withSocketTimeout(Duration newSocketTimeout) {
        return new PoolOptions(size, connectTimeout, newSocketTimeout, maxLifetime);
    }

    public PoolOptions withMaxLifetime(Duration newMaxLifetime) {
        return new PoolOptions(size, connectTimeout, socketTimeout, newMaxLifetime);
    }
}
