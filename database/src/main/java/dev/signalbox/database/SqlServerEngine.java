package dev.signalbox.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;

/** Microsoft SQL Server. Not verified live: docs/database.md says so. */
final class SqlServerEngine implements Engine {
    static final SqlServerEngine INSTANCE = new SqlServerEngine();

    /** The driver's own number for it. */
    private static final int SNAPSHOT = 4_096;

    private static final int DATABASE_READ_ONLY = 3_906;

    private static final Map<Integer, FailureKind> CODES = Map.ofEntries(
            Map.entry(1_205, FailureKind.CONFLICT), // deadlock
            Map.entry(3_960, FailureKind.CONFLICT), // changed since the snapshot
            Map.entry(1_222, FailureKind.SLOW), // lock timeout
            Map.entry(1_105, FailureKind.FULL), // data file
            Map.entry(9_002, FailureKind.FULL), // log
            Map.entry(DATABASE_READ_ONLY, FailureKind.READ_ONLY),
            Map.entry(978, FailureKind.READ_ONLY), // a secondary replica that only readers may use
            Map.entry(976, FailureKind.AWAY), // a secondary replica that nobody may use
            Map.entry(983, FailureKind.AWAY), // a replica that is changing its role
            Map.entry(6_005, FailureKind.AWAY)); // shutting down

    private SqlServerEngine() {}

    @Override
    public String driver() {
        return "com.microsoft.sqlserver.jdbc.SQLServerDriver";
    }

    @Override
    public String artifact() {
        return "com.microsoft.sqlserver:mssql-jdbc and, for migrations, org.flywaydb:flyway-sqlserver";
    }

    /** Its sockets are kept alive by default, from 30 s of silence on. */
    @Override
    public Properties properties(DatabaseConfig config, Duration answerWithin) {
        Properties properties = new Properties();
        long connect = (config.pool().connectTimeout().toMillis() + 999) / 1_000;
        properties.setProperty("loginTimeout", Long.toString(connect));
        properties.setProperty("socketTimeout", Long.toString(answerWithin.toMillis()));
        properties.setProperty("applicationName", "signalbox");
        properties.putAll(config.parameters());
        config.user().ifPresent(user -> properties.setProperty("user", user));
        config.password().ifPresent(password -> properties.setProperty("password", password));
        return properties;
    }

    @Override
    public Map<String, String> tls(Tls tls) {
        if (tls.authority().isPresent()) {
            throw new IllegalArgumentException("sqlserver takes no file of authorities; put trustStore into the URL");
        }
        return Map.of(
                "encrypt",
                Boolean.toString(tls.mode() != Tls.Mode.UNENCRYPTED),
                "trustServerCertificate",
                Boolean.toString(tls.mode() == Tls.Mode.ENCRYPTED));
    }

    @Override
    public Optional<String> onConnect(DatabaseConfig config, Duration answerWithin) {
        return Optional.of("set lock_timeout " + answerWithin.toMillis() * 5 / 6);
    }

    @Override
    public Optional<String> now() {
        return Optional.of("datediff_big(microsecond, '1970-01-01', sysutcdatetime())");
    }

    /** The pool resets it, since it is told through the connection. */
    @Override
    public void snapshot(Connection connection) throws SQLException {
        connection.setTransactionIsolation(SNAPSHOT);
    }

    /** With both settings nobody who reads waits for somebody who writes, as on the other servers. */
    @Override
    public void check(DatabaseConfig config, Connection connection, DataSource direct) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select snapshot_isolation_state, is_read_committed_snapshot_on from"
                                + " sys.databases where database_id = db_id()")) {
            row.next();
            if (row.getInt(1) != 1 || !row.getBoolean(2)) {
                throw new DatabaseException(
                        "the database " + config.place()
                                + " does not allow snapshots, or does not use them for READ COMMITTED. Turn them on with:"
                                + " alter database NAME set allow_snapshot_isolation on; alter database NAME set"
                                + " read_committed_snapshot on with rollback immediate",
                        null);
            }
        }
    }

    @Override
    public void write(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select cast(databasepropertyex(db_name(), 'Updateability') as nvarchar(20))")) {
            row.next();
            if (!"READ_WRITE".equals(row.getString(1))) {
                throw new SQLException("it takes no writes", "S0001", DATABASE_READ_ONLY);
            }
        }
    }

    @Override
    public boolean lockMigrations(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("declare @got int; exec @got = sp_getapplock @Resource ="
                        + " 'signalbox_migrations', @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 0;"
                        + " select @got")) {
            row.next();
            return row.getInt(1) >= 0;
        }
    }

    @Override
    public FailureKind failureKind(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        FailureKind unknown = state.equals("40001")
                ? FailureKind.CONFLICT
                : state.startsWith("08") ? FailureKind.AWAY : FailureKind.REFUSED;
        return CODES.getOrDefault(e.getErrorCode(), unknown);
    }
}
