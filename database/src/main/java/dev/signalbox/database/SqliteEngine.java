package dev.signalbox.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;

/** SQLite. It has one writer at a time, so it has one connection that writes, and others that read. */
final class SqliteEngine implements Engine {
    static final SqliteEngine INSTANCE = new SqliteEngine();

    /**
     * More than what most transactions write. On a disk that is nearly full a smaller write succeeds where they fail, in
     * what is left of the write-ahead log.
     */
    static final int PROBE_BYTES = 64 * 1024;

    private static final String PATIENCE_MILLIS = "5000";

    /** By result code: BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL and CANTOPEN. What is so now may not be so later. */
    private static final Map<Integer, FailureKind> CODES = Map.of(
            5,
            FailureKind.BUSY,
            6,
            FailureKind.AWAY,
            7,
            FailureKind.AWAY,
            8,
            FailureKind.READ_ONLY,
            10,
            FailureKind.AWAY,
            13,
            FailureKind.FULL,
            14,
            FailureKind.AWAY);

    private SqliteEngine() {}

    @Override
    public String driver() {
        return "org.sqlite.JDBC";
    }

    @Override
    public String artifact() {
        return "org.xerial:sqlite-jdbc";
    }

    @Override
    public Properties properties(DatabaseConfig config, Duration answerWithin) {
        Properties properties = new Properties();
        properties.setProperty("busy_timeout", PATIENCE_MILLIS);
        properties.putAll(config.parameters());
        properties.setProperty("journal_mode", "WAL");
        properties.setProperty("synchronous", "FULL"); // In WAL mode less than FULL may lose the last commits.
        properties.setProperty("foreign_keys", "true");
        properties.setProperty("transaction_mode", "IMMEDIATE");
        return properties;
    }

    @Override
    public Map<String, String> tls(Tls tls) {
        throw new IllegalArgumentException("sqlite is a file: it has no connection to encrypt");
    }

    @Override
    public Optional<String> onConnect(DatabaseConfig config, Duration answerWithin) {
        return Optional.empty();
    }

    @Override
    public Optional<String> now() {
        return Optional.empty();
    }

    @Override
    public void snapshot(Connection connection) {
        // Readers always see one.
    }

    @Override
    public void check(DatabaseConfig config, Connection connection, DataSource direct) {
        // What a file may lack, its first statement tells.
    }

    @Override
    public void write(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("begin immediate");
            try {
                statement.execute(
                        "create table if not exists signalbox_probe (id integer primary key, filler blob not null)");
                statement.execute("replace into signalbox_probe values (1, zeroblob(" + PROBE_BYTES + "))");
                statement.execute("commit");
            } catch (SQLException e) {
                undo(statement, e);
                throw e;
            }
        }
    }

    /** After some failures, such as a full disk, SQLite has rolled back already. */
    private static void undo(Statement statement, SQLException cause) {
        try {
            statement.execute("rollback");
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    /** A lock on a file beside the database does it: {@link MigrationLock}. */
    @Override
    public boolean lockMigrations(Connection connection) {
        return true;
    }

    @Override
    public FailureKind failureKind(SQLException e) {
        return CODES.getOrDefault(e.getErrorCode() & 0xff, FailureKind.REFUSED);
    }
}
