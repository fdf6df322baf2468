package dev.signalbox.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * An open database: its pool, its transactions, its migrations, its clock. Thread-safe.
 *
 * <p>SQLite allows one writer at a time, so there {@link #transact} and {@link #dataSource} hand out the one connection
 * that writes, and {@link #read} those that only read. Elsewhere all share one pool.
 */
public final class Database implements AutoCloseable {
    /** How often it is asked for its time at first, if it answers slowly. */
    private static final int FIRST_READINGS = 5;

    private final DatabaseConfig config;
    private final Pools pools;
    private final Transactions transactions;
    private final DatabaseClock clock;
    private final WriteProbe probe;
    private final @Nullable FileOwnership ownership;

    /** The database that this one was set apart from, or itself. */
    private final Database whole;

    private final List<Database> parts = new CopyOnWriteArrayList<>();

    private Database(DatabaseConfig config, Pools pools, DatabaseClock clock, @Nullable FileOwnership ownership) {
        this.config = config;
        this.pools = pools;
        this.clock = clock;
        this.probe = new WriteProbe(config, pools.probes(config), System::nanoTime);
        this.ownership = ownership;
        this.whole = this;
        this.transactions = new Transactions(config, pools, this::failed);
    }

    private Database(Database whole, Pools pools) {
        this.config = whole.config;
        this.pools = pools;
        this.clock = whole.clock;
        this.probe = whole.probe;
        this.ownership = null;
        this.whole = whole;
        this.transactions = new Transactions(config, pools, this::failed);
    }

    /**
     * Opens the pool and asks the database for its time once. A SQLite file that is missing is made, readable for its owner
     * alone; the mode of one that is there is narrowed to that.
     *
     * @throws DatabaseUnavailableException if it cannot be reached now
     * @throws DatabaseException if it answers and refuses, cannot be used, or a SQLite file cannot be written
     */
    public static Database open(DatabaseConfig config) {
        prepare(config);
        return open(config, null);
    }

    /**
     * Opens it for a server, which on SQLite must be the only one: the file {@code <database>.lock} beside it stays locked
     * until {@link #close()} or the end of the process, however it ends. Other processes may still {@link #open} the
     * database, to look at it. On a database that serves many nodes it is the same as {@link #open}.
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
        Pools pools = Pools.open(config);
        try {
            DatabaseClock clock = Failures.translating(config, () -> {
                try (Connection connection = pools.writers().connection()) {
                    DataSource direct =
                            DriverDataSource.of(config, config.pool().socketTimeout());
                    Engine.of(config.dialect()).check(config, connection, direct);
                    return firstReadings(config, connection);
                }
            });
            return new Database(config, pools, clock, ownership);
        } catch (RuntimeException | Error e) {
            pools.close();
            throw e;
        }
    }

    private static DatabaseClock firstReadings(DatabaseConfig config, Connection connection) throws SQLException {
        time(config, connection); // The first answer of a connection is slow.
        long sent = System.nanoTime();
        Instant time = time(config, connection);
        DatabaseClock clock = new DatabaseClock(time, sent, System.nanoTime(), System::nanoTime);
        for (int i = 1; i < FIRST_READINGS && !clock.isGood(); i++) {
            observeTime(config, connection, clock);
        }
        return clock;
    }

    private static Instant observeTime(DatabaseConfig config, Connection connection, DatabaseClock clock)
            throws SQLException {
        long sent = System.nanoTime();
        Instant time = time(config, connection);
        clock.observe(time, sent, System.nanoTime());
        return time;
    }

    private static Instant time(DatabaseConfig config, Connection connection) throws SQLException {
        Optional<String> now = Engine.of(config.dialect()).now();
        if (now.isEmpty()) {
            return Instant.now(); // It has no clock of its own, and runs on this machine.
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select " + now.get())) {
            row.next();
            return Instant.EPOCH.plus(row.getLong(1), ChronoUnit.MICROS);
        }
    }

    /** A server that stopped taking writes may not be the primary any more, so every connection looks for it anew. */
    private void failed(DatabaseException e) {
        probe.failed(e);
        if (e.kind() == FailureKind.READ_ONLY) {
            evict(e);
        }
    }

    private void evict(DatabaseException e) {
        Stream.concat(Stream.of(whole), whole.parts.stream())
                .forEach(part -> part.pools.evict(String.valueOf(e.getMessage())));
    }

    public Dialect dialect() {
        return config.dialect();
    }

    public DatabaseConfig config() {
        return config;
    }

    /** The pool that writes; close its connections soon. The caller commits, where it has turned auto-commit off. */
    public DataSource dataSource() {
        return pools.writers().source();
    }

    /**
     * The same database through connections of its own, all open from the start, so that what uses them never waits for a
     * connection that somebody else holds. It has the same clock and health, and closes with this one or before. On SQLite,
     * which has one connection that writes, it shares that.
     *
     * @param name names its pool in logs and metrics; 1 to 20 lower-case letters and dashes
     * @param connections 1 to 100
     * @param answerWithin how long an answer to a statement may take, 1 s to 1 h: the server gives up a little earlier, the
     *     client then. The holder of a lease sets less than what the lease has left
     * @throws DatabaseException as {@link #open} does
     */
    public Database apart(String name, int connections, Duration answerWithin) {
        if (!name.matches("[a-z][a-z-]{0,19}")) {
            throw new IllegalArgumentException("pool name '" + name + "' is not 1 to 20 lower-case letters and dashes");
        }
        if (connections < 1 || connections > 100) {
            throw new IllegalArgumentException(
                    "pool " + name + " has " + connections + " connections; it must be 1 to 100");
        }
        PoolOptions checked = config.pool().withSocketTimeout(answerWithin);
        Pools own = config.dialect() == Dialect.SQLITE
                ? whole.pools
                : Pools.apart(config, name, connections, checked.socketTimeout());
        Database part = new Database(whole, own);
        whole.parts.add(part);
        return part;
    }

    /** What the pools of this database, and of those set apart from it, have to do. */
    public List<PoolFigures> pools() {
        return Stream.concat(Stream.of(whole), whole.parts.stream())
                .flatMap(part -> part.pools.distinct())
                .distinct()
                .map(Pool::figures)
                .toList();
    }

    /** The database's time. It is asked again by {@link #health()}. */
    public DatabaseClock clock() {
        return clock;
    }

    /**
     * Runs the work in one transaction: commits when it returns, rolls back when it throws. After a deadlock or a
     * serialization failure it is run again, up to three times, with short pauses of random length.
     *
     * @throws DatabaseUnavailableException if the database went away; the transaction may then have been committed
     * @throws DatabaseException for its other failures
     */
    public <T extends @Nullable Object> T transact(Work<T> work) {
        return transactions.transact(work);
    }

    /** Runs work that only reads, on one snapshot of the data. Throws as {@link #transact} does. */
    public <T extends @Nullable Object> T read(Work<T> work) {
        return transactions.read(work);
    }

    /**
     * Runs one statement's worth of work without a transaction around it, which saves its round trips; on SQLite it is a
     * transaction like any other. It is repeated and throws as {@link #transact} does.
     */
    public <T extends @Nullable Object> T autoCommit(Work<T> work) {
        return transactions.autoCommit(work);
    }

    /**
     * Brings a module's tables up to date. Each module has a history table of its own, {@code <module>_schema}, so modules
     * can share a database. The scripts are {@code V1__what.sql} and so on, in the class path folder
     * {@code <folder>/postgresql}, {@code mysql}, {@code sqlserver} or {@code sqlite}. Of several processes that do this at
     * once, one works and the others wait; where there is nothing to do, none waits.
     *
     * <p>A newer program may have brought the tables further already. If only the second number of their version is newer, as
     * in 1.1, this program goes on; if the first is, it refuses.
     *
     * @param module 1 to 40 lower-case letters and underscores
     * @throws DatabaseException if a script fails, or was changed after it had run, or the tables are too new
     */
    public void migrate(String module, String folder, ClassLoader loader) {
        Migrations migrations = new Migrations(config, module, folder, loader);
        if (!read(migrations::areComplete)) {
            migrations.run();
        }
    }

    /**
     * A module's migrations, in order, with those that are still to come. Changes nothing.
     *
     * @throws DatabaseException if the database cannot be asked
     */
    public List<Migration> migrations(String module, String folder, ClassLoader loader) {
        return new Migrations(config, module, folder, loader).list();
    }

    /**
     * Asks the database for its time, which also corrects {@link #clock()}, and writes a little to it every few seconds, since
     * one whose disk is full still answers. Empty means that both went well; otherwise the message says what is wrong, such as
     * "has no space left".
     */
    public Optional<DatabaseException> health() {
        try {
            askForTime();
            Optional<DatabaseException> problem = probe.problem();
            problem.filter(e -> e.kind() == FailureKind.READ_ONLY).ifPresent(this::evict);
            return problem;
        } catch (DatabaseException e) {
            return Optional.of(e);
        }
    }

    private void askForTime() {
        Work<Instant> ask = connection -> observeTime(config, connection, clock);
        if (config.dialect() == Dialect.SQLITE) {
            read(ask); // Not through the one connection that writes, which may be busy for long.
        } else {
            autoCommit(ask);
        }
    }

    @Override
    public void close() {
        parts.forEach(Database::close);
        whole.parts.remove(this);
        if (whole == this || !pools.equals(whole.pools)) {
            pools.close();
        }
        if (ownership != null) {
            ownership.close();
        }
    }
}
