package dev.signalbox.database;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * An open database: its pool, its transactions, its migrations, its clock. Thread-safe.
 *
 * <p>SQLite allows one writer at a time, so there {@link #transact} and {@link #dataSource} hand out the one connection
 * that writes, and {@link #read} those that only read. On PostgreSQL all share one pool.
 */
public final class Database implements AutoCloseable {
    private static final int ATTEMPTS = 4;

    @FunctionalInterface
    private interface Rollback {
        void run() throws SQLException;
    }

    private final DatabaseConfig config;
    private final HikariDataSource writers;
    private final HikariDataSource readers;
    private final DatabaseClock clock;
    private final WriteProbe probe;
    private final @Nullable FileOwnership ownership;

    private Database(
            DatabaseConfig config,
            HikariDataSource writers,
            HikariDataSource readers,
            DatabaseClock clock,
            @Nullable FileOwnership ownership) {
        this.config = config;
        this.writers = writers;
        this.readers = readers;
        this.clock = clock;
        this.probe = new WriteProbe(config, Pools.probes(config, writers), System::nanoTime);
        this.ownership = ownership;
    }

    /**
     * Opens the pool and asks the database for its time once. A SQLite file that is missing is made, readable for its owner
     * alone; the mode of one that is there is narrowed to that.
     *
     * @throws DatabaseUnavailableException if it cannot be reached now
     * @throws DatabaseException if it answers and refuses, or a SQLite file cannot be written
     */
    public static Database open(DatabaseConfig config) {
        prepare(config);
        return open(config, null);
    }

    /**
     * Opens it for a server, which on SQLite must be the only one: the file {@code <database>.lock} beside it stays locked
     * until {@link #close()} or the end of the process, however it ends. Other processes may still {@link #open} the
     * database, to look at it. On PostgreSQL, which serves many nodes, it is the same as {@link #open}.
     *
     * @throws DatabaseInUseException if a SQLite file has its server already, in this process or another
     * @throws DatabaseException as {@link #open} does
     */
    public static Database openExclusive(DatabaseConfig config) {
        prepare(config);
        if (config.dialect() != Dialect.SQLITE) {
            return open(config, null);
        }
        FileOwnership ownership = FileOwnership.of(SqliteFile.real(config));
        try {
            return open(config, ownership);
        } catch (RuntimeException | Error e) {
            ownership.close();
            throw e;
        }
    }

    private static void prepare(DatabaseConfig config) {
        if (config.dialect() == Dialect.SQLITE) {
            SqliteFile.prepare(config);
        }
    }

    private static Database open(DatabaseConfig config, @Nullable FileOwnership ownership) {
        HikariDataSource writers = Pools.writers(config);
        HikariDataSource readers = null;
        try {
            DatabaseClock clock = Failures.translating(config, () -> firstReading(config, writers));
            readers = Pools.readers(config, writers);
            return new Database(config, writers, readers, clock, ownership);
        } finally {
            if (readers == null) {
                writers.close();
            }
        }
    }

    private static DatabaseClock firstReading(DatabaseConfig config, DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            time(config, connection); // The first answer of a connection is slow; the second is measured.
            long sent = System.nanoTime();
            Instant time = time(config, connection);
            return new DatabaseClock(time, sent, System.nanoTime());
        }
    }

    private static Instant time(DatabaseConfig config, Connection connection) throws SQLException {
        if (config.dialect() == Dialect.SQLITE) {
            return Instant.now(); // SQLite has no clock of its own.
        }
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select (extract(epoch from clock_timestamp()) * 1000000)::bigint")) {
            row.next();
            return Instant.EPOCH.plus(row.getLong(1), ChronoUnit.MICROS);
        }
    }

    public Dialect dialect() {
        return config.dialect();
    }

    public DatabaseConfig config() {
        return config;
    }

    /** The pool that writes; close its connections soon. The caller commits, where it has turned auto-commit off. */
    public DataSource dataSource() {
        return writers;
    }

    /** The database's time. It is asked again by {@link #health()} and by whoever observes it. */
    public DatabaseClock clock() {
        return clock;
    }

    /**
     * Runs the work in one transaction: commits when it returns, rolls back when it throws. After a deadlock or a
     * serialization failure it is run again, up to three times.
     *
     * @throws DatabaseUnavailableException if the database went away; the transaction may then have been committed
     * @throws DatabaseException for its other failures
     */
    public <T extends @Nullable Object> T transact(Work<T> work) {
        return writing(() -> repeating(() -> once(config, writers, work)));
    }

    private <T extends @Nullable Object> T writing(Failures.Step<T> step) {
        try {
            return Failures.translating(config, step);
        } catch (DatabaseException e) {
            probe.failed(e);
            throw e;
        }
    }

    private static <T extends @Nullable Object> T repeating(Failures.Step<T> step) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return step.run();
            } catch (SQLException e) {
                if (attempt == ATTEMPTS || !Failures.isConflict(e)) {
                    throw e;
                }
            }
        }
    }

    /** Runs work that only reads, on one snapshot of the data. Throws as {@link #transact} does. */
    public <T extends @Nullable Object> T read(Work<T> work) {
        return Failures.translating(config, () -> {
            try (Connection connection = readers.getConnection()) {
                connection.setAutoCommit(false);
                snapshot(connection);
                return finish(connection, work);
            }
        });
    }

    /** SQLite's readers always see a snapshot. */
    private void snapshot(Connection connection) throws SQLException {
        if (config.dialect() == Dialect.POSTGRESQL) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("set transaction isolation level repeatable read, read only");
            }
        }
    }

    /**
     * Runs one statement's worth of work without a transaction around it, which saves its round trips; on SQLite it is a
     * transaction like any other. It is repeated and throws as {@link #transact} does.
     */
    public <T extends @Nullable Object> T autoCommit(Work<T> work) {
        return config.dialect() == Dialect.SQLITE
                ? transact(work)
                : writing(() -> repeating(() -> {
                    try (Connection connection = writers.getConnection()) {
                        return work.run(connection);
                    }
                }));
    }

    private static <T extends @Nullable Object> T once(DatabaseConfig config, DataSource source, Work<T> work)
            throws SQLException {
        try (Connection connection = source.getConnection()) {
            if (config.dialect() == Dialect.SQLITE) {
                return immediately(connection, work);
            }
            connection.setAutoCommit(false);
            return finish(connection, work);
        }
    }

    /** Left to itself, SQLite's driver follows each commit with the next {@code begin}, and so keeps the file locked. */
    private static <T extends @Nullable Object> T immediately(Connection connection, Work<T> work) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("begin immediate");
            try {
                T result = work.run(connection);
                statement.execute("commit");
                return result;
            } catch (SQLException | RuntimeException | Error e) {
                undo(() -> statement.execute("rollback"), e);
                throw e;
            }
        }
    }

    private static <T extends @Nullable Object> T finish(Connection connection, Work<T> work) throws SQLException {
        try {
            T result = work.run(connection);
            connection.commit();
            return result;
        } catch (SQLException | RuntimeException | Error e) {
            undo(connection::rollback, e);
            throw e;
        }
    }

    /** Where even that fails, the pool drops the connection and the server rolls back; the first failure is the story. */
    private static void undo(Rollback rollback, Throwable cause) {
        try {
            rollback.run();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    /**
     * Brings a module's tables up to date. Each module has a history table of its own, {@code <module>_schema}, so modules
     * can share a database. The scripts are {@code V1__what.sql} and so on, in the class path folder
     * {@code <folder>/postgresql} or {@code <folder>/sqlite}.
     *
     * @param module 1 to 40 lower-case letters and underscores
     * @throws DatabaseException if a script fails, or was changed after it had run
     */
    public void migrate(String module, String folder, ClassLoader loader) {
        Migrations.run(config, writers, module, folder, loader);
    }

    /**
     * A module's migrations, in order, with those that are still to come. Changes nothing.
     *
     * @throws DatabaseException if the database cannot be asked
     */
    public List<Migration> migrations(String module, String folder, ClassLoader loader) {
        return Migrations.list(config, writers, module, folder, loader);
    }

    /**
     * Asks the database for its time, which also corrects {@link #clock()}, and writes a little to it every few seconds, since
     * one whose disk is full still answers. Empty means that both went well; otherwise the message says what is wrong, such as
     * "has no space left".
     */
    public Optional<DatabaseException> health() {
        try {
            observeTime();
            return probe.problem();
        } catch (DatabaseException e) {
            return Optional.of(e);
        }
    }

    private void observeTime() {
        Work<Instant> ask = connection -> {
            long sent = System.nanoTime();
            Instant time = time(config, connection);
            clock.observe(time, sent, System.nanoTime());
            return time;
        };
        if (config.dialect() == Dialect.SQLITE) {
            read(ask); // Not through the one connection that writes, which may be busy for long.
        } else {
            autoCommit(ask);
        }
    }

    @Override
    public void close() {
        readers.close();
        writers.close();
        if (ownership != null) {
            ownership.close();
        }
    }
}
