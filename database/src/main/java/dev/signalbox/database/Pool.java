package dev.signalbox.database;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pool of connections with one purpose. Thread-safe. */
final class Pool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pool.class);
    private static final Duration EVICTION_PAUSE = Duration.ofSeconds(1);

    private final String name;
    private final HikariDataSource source;
    private final AtomicLong lastEviction = new AtomicLong(System.nanoTime() - EVICTION_PAUSE.toNanos());

    private Pool(String name, HikariDataSource source) {
        this.name = name;
        this.source = source;
    }

    /**
     * Opens a pool and one connection.
     *
     * @param idle how many connections it keeps while nobody asks
     * @param onConnect what each new connection executes first
     */
    static Pool open(
            DatabaseConfig config,
            String name,
            DataSource connections,
            int most,
            int idle,
            Optional<String> onConnect) {
        // Not from a HikariConfig, which it would copy by reflection.
        HikariDataSource pool = new HikariDataSource();
        Duration connect = config.pool().connectTimeout();
        pool.setPoolName("signalbox-" + name);
        pool.setDataSource(connections);
        pool.setMaximumPoolSize(most);
        pool.setMinimumIdle(Math.min(idle, most));
        pool.setConnectionTimeout(Math.max(250, connect.toMillis()));
        pool.setValidationTimeout(Math.clamp(connect.toMillis() / 2, 250, 2_000));
        pool.setMaxLifetime(config.pool().maxLifetime().toMillis());
        pool.setInitializationFailTimeout(1); // Opening fails at once rather than try again; who wants to, can.
        pool.setExceptionOverride(new ReadOnlyEviction(config));
        onConnect.ifPresent(pool::setConnectionInitSql);
        if (config.dialect() != Dialect.SQLITE) {
            pool.setTransactionIsolation("TRANSACTION_READ_COMMITTED"); // Some servers have another default.
        }
        connect(config, pool);
        return new Pool(name, pool);
    }

    /** The pool opens with its first connection. */
    private static void connect(DatabaseConfig config, HikariDataSource pool) {
        try {
            pool.getConnection().close();
        } catch (SQLException e) {
            pool.close();
            throw Failures.translate(config, e);
        } catch (PoolInitializationException e) {
            throw new DatabaseException("the database " + config.place() + " cannot be opened: " + e, e);
        }
    }

    DataSource source() {
        return source;
    }

    Connection connection() throws SQLException {
        return source.getConnection();
    }

    /** Replaces all connections, those in use when they come back; once a second at most. */
    void evict(String reason) {
        long now = System.nanoTime();
        long last = lastEviction.get();
        HikariPoolMXBean pool = source.getHikariPoolMXBean();
        if (pool != null && now - last >= EVICTION_PAUSE.toNanos() && lastEviction.compareAndSet(last, now)) {
            LOG.warn("all connections of the pool {} are replaced: {}", name, reason);
            pool.softEvictConnections();
        }
    }

    PoolFigures figures() {
        HikariPoolMXBean pool = source.getHikariPoolMXBean();
        int most = source.getMaximumPoolSize();
        return pool == null
                ? new PoolFigures(name, most, 0, 0, 0)
                : new PoolFigures(
                        name,
                        most,
                        pool.getActiveConnections(),
                        pool.getIdleConnections(),
                        pool.getThreadsAwaitingConnection());
    }

    @Override
    public void close() {
        source.close();
    }
}
