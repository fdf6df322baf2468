package dev.signalbox.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/** MariaDB and MySQL, both through MariaDB's driver. What has not run against a live MySQL is said in docs/database.md. */
final class MySqlEngine implements Engine {
    static final MySqlEngine INSTANCE = new MySqlEngine();

    private static final int READ_ONLY_MODE = 1836;
    private static final int OPTION_PREVENTS = 1290;

    /** By number of the error: deadlock, changed snapshot, lock timeout, statement timeouts, disk and table full, and so on. */
    private static final Map<Integer, FailureKind> CODES = Map.ofEntries(
            Map.entry(1213, FailureKind.CONFLICT), // deadlock
            Map.entry(1020, FailureKind.CONFLICT), // the row has changed since the snapshot
            Map.entry(1205, FailureKind.SLOW), // lock wait timeout
            Map.entry(1969, FailureKind.SLOW), // MariaDB's max_statement_time
            Map.entry(3024, FailureKind.SLOW), // MySQL's max_execution_time
            Map.entry(1317, FailureKind.SLOW), // interrupted
            Map.entry(1021, FailureKind.FULL), // disk
            Map.entry(1114, FailureKind.FULL), // table
            Map.entry(READ_ONLY_MODE, FailureKind.READ_ONLY),
            Map.entry(1040, FailureKind.AWAY), // too many connections
            Map.entry(1041, FailureKind.AWAY), // out of memory
            Map.entry(1053, FailureKind.AWAY), // shutting down
            Map.entry(1927, FailureKind.AWAY), // connection killed
            Map.entry(1203, FailureKind.AWAY)); // the user has too many connections

    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\..*");
    private static final Set<String> ENCODINGS = Set.of("utf8mb4");

    private MySqlEngine() {}

    @Override
    public String driver() {
        return "org.mariadb.jdbc.Driver";
    }

    @Override
    public String artifact() {
        return "org.mariadb.jdbc:mariadb-java-client and, for migrations, org.flywaydb:flyway-mysql";
    }

    @Override
    public Properties properties(DatabaseConfig config, Duration answerWithin) {
        Properties properties = new Properties();
        properties.setProperty(
                "connectTimeout", Long.toString(config.pool().connectTimeout().toMillis()));
        properties.setProperty("socketTimeout", Long.toString(answerWithin.toMillis()));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("tcpKeepIdle", "30");
        properties.setProperty("tcpKeepInterval", "10");
        properties.setProperty("tcpKeepCount", "3");
        properties.putAll(config.parameters());
        config.user().ifPresent(user -> properties.setProperty("user", user));
        config.password().ifPresent(password -> properties.setProperty("password", password));
        return properties;
    }

    @Override
    public Map<String, String> tls(Tls tls) {
        Map<String, String> words = new LinkedHashMap<>();
        words.put(
                "sslMode",
                switch (tls.mode()) {
                    case UNENCRYPTED -> "disable";
                    case ENCRYPTED -> "trust";
                    case VERIFIED -> "verify-full";
                });
        tls.authority().ifPresent(file -> words.put("serverSslCert", file.toString()));
        return words;
    }

    /** Both servers know timeouts of locks on rows and on tables. One for every statement only MariaDB has; to MySQL it is a comment. */
    @Override
    public Optional<String> onConnect(DatabaseConfig config, Duration answerWithin) {
        long seconds = Math.max(1, answerWithin.toSeconds() * 5 / 6);
        return Optional.of("set session time_zone = '+00:00', innodb_lock_wait_timeout = " + seconds
                + ", lock_wait_timeout = " + seconds + " /*M! , max_statement_time = " + seconds + " */");
    }

    @Override
    public Optional<String> now() {
        return Optional.of("timestampdiff(microsecond, '1970-01-01 00:00:00', sysdate(6))");
    }

    /** Begins it here and now: what is set for the next transaction would hold for somebody else's if the work read nothing. */
    @Override
    public void snapshot(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set transaction isolation level repeatable read");
            statement.execute("start transaction read only");
        }
    }

    @Override
    public void check(DatabaseConfig config, Connection connection, DataSource direct) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select version(), @@character_set_database")) {
            row.next();
            checkVersion(config, row.getString(1));
            String encoding = row.getString(2);
            if (!ENCODINGS.contains(encoding)) {
                throw new DatabaseException(
                        "the database " + config.place() + " has the character set " + encoding
                                + ", which cannot hold every text. Change it with: alter database NAME character set"
                                + " utf8mb4",
                        null);
            }
        }
    }

    /** Rows that others have locked can be skipped from these on. */
    private static void checkVersion(DatabaseConfig config, String version) {
        Matcher matcher = VERSION.matcher(version);
        int number =
                matcher.matches() ? Integer.parseInt(matcher.group(1)) * 1_000 + Integer.parseInt(matcher.group(2)) : 0;
        if (number < (version.contains("MariaDB") ? 10_006 : 8_000)) {
            throw new DatabaseException(
                    "the database " + config.place() + " is version " + version
                            + "; MariaDB 10.6 or MySQL 8.0 is the oldest that can be used",
                    null);
        }
    }

    @Override
    public void write(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select @@global.read_only")) {
            row.next();
            if (!row.getString(1).matches("0|OFF")) {
                throw new SQLException("its server is read-only", "HY000", READ_ONLY_MODE);
            }
        }
    }

    /** Such names belong to the whole server, and have at most 64 characters. */
    @Override
    public boolean lockMigrations(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select get_lock(concat('signalbox.', sha1(database())), 0)")) {
            row.next();
            return row.getInt(1) == 1;
        }
    }

    @Override
    public FailureKind failureKind(SQLException e) {
        FailureKind known = CODES.get(e.getErrorCode());
        if (known != null) {
            return known;
        }
        if (e.getErrorCode() == OPTION_PREVENTS
                && String.valueOf(e.getMessage()).contains("read-only")) {
            return FailureKind.READ_ONLY;
        }
        String state = String.valueOf(e.getSQLState());
        return state.equals("40001")
                ? FailureKind.CONFLICT
                : state.startsWith("08") ? FailureKind.AWAY : FailureKind.REFUSED;
    }
}
