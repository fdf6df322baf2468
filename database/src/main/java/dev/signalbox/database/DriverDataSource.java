package dev.signalbox.database;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections by the driver itself, each a new one. The pools draw on it too, since a pool that knows a URL hands the
 * driver properties that it does not see unless all of them are texts. Thread-safe.
 */
final class DriverDataSource implements DataSource {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Engine engine;
    private final Driver driver;
    private final String url;
    private final Properties properties;

    private DriverDataSource(Engine engine, Driver driver, String url, Properties properties) {
        this.engine = engine;
        this.driver = driver;
        this.url = url;
        this.properties = properties;
    }

    /**
     * @param answerWithin how long the driver waits for an answer; zero waits for ever
     * @throws DatabaseException if the driver is not on the class path
     */
    static DriverDataSource of(DatabaseConfig config, Duration answerWithin) {
        Engine engine = Engine.of(config.dialect());
        return new DriverDataSource(
                engine, load(engine, config), config.url(), engine.properties(config, answerWithin));
    }

    /** The same with another value of a property. */
    DriverDataSource with(String property, String value) {
        Properties changed = new Properties();
        changed.putAll(properties);
        changed.setProperty(property, value);
        return new DriverDataSource(engine, driver, url, changed);
    }

    private static Driver load(Engine engine, DatabaseConfig config) {
        try {
            return Class.forName(engine.driver())
                    .asSubclass(Driver.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ClassNotFoundException e) {
            throw new DatabaseException(
                    "the database " + config.place() + " needs a driver that is not on the class path: add "
                            + engine.artifact(),
                    e);
        } catch (InstantiationException
                | IllegalAccessException
                | NoSuchMethodException
                | InvocationTargetException
                | LinkageError e) {
            throw new DatabaseException("the driver " + engine.driver() + " cannot be used: " + e, e);
        }
    }

    /**
     * Where two connections switch a new SQLite file to write-ahead logging at once, or one recovers it, the others are refused
     * immediately, whatever their busy timeout. They try again until that has gone by.
     */
    @Override
    public Connection getConnection() throws SQLException {
        long begun = System.nanoTime();
        while (true) {
            try {
                return connect();
            } catch (SQLException e) {
                if (engine.failureKind(e) != FailureKind.BUSY
                        || System.nanoTime() - begun >= busyTimeoutNanos()
                        || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private long busyTimeoutNanos() {
        return TimeUnit.MILLISECONDS.toNanos(Long.parseLong(properties.getProperty("busy_timeout", "0")));
    }

    private Connection connect() throws SQLException {
        Properties own = new Properties();
        own.putAll(properties);
        Connection connection = driver.connect(url, own);
        if (connection == null) {
            throw new SQLException("the driver " + driver.getClass().getName() + " does not take " + url);
        }
        return connection;
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return with("user", user).with("password", password).getConnection();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("there is no log writer");
    }

    /** The driver's own properties say how long connecting may take. */
    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException("the connect timeout is part of the configuration");
    }

    /**
     * In seconds. The pool asks for it at its end alone, to wait that long for a connection that is being made; with 0 it would warn of
     * each.
     */
    @Override
    public int getLoginTimeout() {
        return 1;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("logging is through SLF4J");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        throw new SQLException("this is no " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }
}
