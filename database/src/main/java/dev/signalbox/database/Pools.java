package dev.signalbox.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/** How the pools are set up. */
final class Pools {
    private static final int SQLITE_READERS = 4;
    private static final String SQLITE_PATIENCE_MILLIS = "5000";
    private static final int SQLITE_PROBE_PATIENCE_MILLIS = 500;

    private Pools() {}

    static HikariDataSource writers(DatabaseConfig config) {
        HikariConfig pool = pool(config, "signalbox");
        switch (config.dialect()) {
            case POSTGRESQL -> {
                connectTo(config, pool);
                pool.setMaximumPoolSize(config.poolSize());
                pool.setMinimumIdle(2);
            }
            case SQLITE -> {
                pool.setDataSource(sqlite(config, TransactionMode.IMMEDIATE));
                pool.setMaximumPoolSize(1);
            }
        }
        return open(config, pool);
    }

    private static HikariDataSource open(DatabaseConfig config, HikariConfig pool) {
        try {
            return new HikariDataSource(pool);
        } catch (PoolInitializationException e) {
            throw e.getCause() instanceof SQLException cause
                    ? Failures.translate(config, cause)
                    : new DatabaseException("the database " + config.place() + " cannot be opened: " + e, e);
        }
    }

    static HikariDataSource readers(DatabaseConfig config, HikariDataSource writers) {
        if (config.dialect() == Dialect.POSTGRESQL) {
            return writers;
        }
        HikariConfig pool = pool(config, "signalbox-readers");
        pool.setDataSource(sqlite(config, TransactionMode.DEFERRED));
        pool.setConnectionInitSql("pragma query_only = true");
        pool.setMaximumPoolSize(Math.min(SQLITE_READERS, config.poolSize() - 1));
        pool.setMinimumIdle(1);
        return open(config, pool);
    }

    /** Opens a connection of its own for each probe on SQLite, whose one writer may be busy for long. */
    static DataSource probes(DatabaseConfig config, HikariDataSource writers) {
        if (config.dialect() == Dialect.POSTGRESQL) {
            return writers;
        }
        SQLiteDataSource source = sqlite(config, TransactionMode.IMMEDIATE);
        source.setBusyTimeout(SQLITE_PROBE_PATIENCE_MILLIS);
        return source;
    }

    private static HikariConfig pool(DatabaseConfig config, String name) {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName(name);
        pool.setConnectionTimeout(Math.max(250, config.connectTimeout().toMillis()));
        pool.setValidationTimeout(Math.clamp(config.connectTimeout().toMillis() / 2, 250, 2_000));
        pool.setInitializationFailTimeout(1); // Opening fails at once rather than try again; who wants to, can.
        return pool;
    }

    private static void connectTo(DatabaseConfig config, HikariConfig pool) {
        pool.setJdbcUrl(config.url());
        pool.addDataSourceProperty(
                "connectTimeout", Math.max(1, config.connectTimeout().toSeconds()));
        pool.addDataSourceProperty("socketTimeout", 30); // Seconds: a stalled server counts as a lost one.
        pool.addDataSourceProperty("tcpKeepAlive", true);
        pool.addDataSourceProperty("ApplicationName", "signalbox");
        config.parameters().forEach(pool::addDataSourceProperty);
        config.user().ifPresent(pool::setUsername);
        config.password().ifPresent(pool::setPassword);
    }

    private static SQLiteDataSource sqlite(DatabaseConfig config, TransactionMode mode) {
        Properties given = new Properties();
        given.setProperty("busy_timeout", SQLITE_PATIENCE_MILLIS);
        given.putAll(config.parameters());
        SQLiteConfig settings = new SQLiteConfig(given);
        settings.setJournalMode(JournalMode.WAL);
        settings.setSynchronous(SynchronousMode.FULL); // In WAL mode less than FULL may lose the last commits.
        settings.enforceForeignKeys(true);
        settings.setTransactionMode(mode);
        SQLiteDataSource source = new SQLiteDataSource(settings);
        source.setUrl(config.url());
        return source;
    }
}
