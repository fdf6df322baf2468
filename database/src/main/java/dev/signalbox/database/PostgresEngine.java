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
import javax.sql.DataSource;

/** PostgreSQL. */
final class PostgresEngine implements Engine {
    static final PostgresEngine INSTANCE = new PostgresEngine();

    private static final long PROBE_SECONDS = 5;
    private static final String READ_ONLY = "25006";

    /** Shutting down, crashed, starting up. */
    private static final Set<String> AWAY = Set.of("57P01", "57P02", "57P03");

    /** Lost connections; servers out of connections, memory or disk; and those whose disk fails. */
    private static final Set<String> AWAY_CLASSES = Set.of("08", "53", "58");

    private static final Map<String, FailureKind> KNOWN = Map.of(
            "53100", // disk full
            FailureKind.FULL,
            READ_ONLY,
            FailureKind.READ_ONLY,
            "40001", // serialization failure
            FailureKind.CONFLICT,
            "40P01", // deadlock
            FailureKind.CONFLICT,
            "57014", // statement timeout, or somebody cancelled it
            FailureKind.SLOW,
            "55P03", // lock timeout
            FailureKind.SLOW,
            "25P03", // timeout of an idle transaction
            FailureKind.SLOW,
            "25P04", // timeout of a transaction
            FailureKind.SLOW);

    private PostgresEngine() {}

    @Override
    public String driver() {
        return "org.postgresql.Driver";
    }

    @Override
    public String artifact() {
        return "org.postgresql:postgresql";
    }

    @Override
    public Properties properties(DatabaseConfig config, Duration answerWithin) {
        Properties properties = new Properties();
        String connect = seconds(config.pool().connectTimeout());
        properties.setProperty("connectTimeout", connect);
        properties.setProperty("socketTimeout", seconds(answerWithin));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("socketFactory", KeepAliveSockets.class.getName());
        properties.setProperty("ApplicationName", "signalbox");
        if (config.url().contains(",")) {
            properties.setProperty("targetServerType", "primary"); // Of several, the one that takes writes.
        }
        properties.putAll(config.parameters());
        // The handshake has to end in time, too: a server that is frozen accepts connections and answers nothing.
        properties.putIfAbsent("loginTimeout", properties.getProperty("connectTimeout"));
        config.user().ifPresent(user -> properties.setProperty("user", user));
        config.password().ifPresent(password -> properties.setProperty("password", password));
        return properties;
    }

    @Override
    public Map<String, String> tls(Tls tls) {
        Map<String, String> words = new LinkedHashMap<>();
        words.put(
                "sslmode",
                switch (tls.mode()) {
                    case UNENCRYPTED -> "disable";
                    case ENCRYPTED -> "require";
                    case VERIFIED -> "verify-full";
                });
        tls.authority().ifPresent(file -> words.put("sslrootcert", file.toString()));
        return words;
    }

    /** The driver counts whole seconds. */
    private static String seconds(Duration duration) {
        return Long.toString((duration.toMillis() + 999) / 1_000);
    }

    @Override
    public Optional<String> onConnect(DatabaseConfig config, Duration answerWithin) {
        boolean chosen = config.parameters().getOrDefault("options", "").contains("statement_timeout");
        // The server notices within a minute that a client is gone, and ends what it left.
        String keepAlive =
                "set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3";
        return Optional.of(
                chosen || answerWithin.isZero()
                        ? keepAlive
                        : keepAlive + "; set statement_timeout = " + answerWithin.toMillis() * 5 / 6);
    }

    @Override
    public Optional<String> now() {
        return Optional.of("(extract(epoch from clock_timestamp()) * 1000000)::bigint");
    }

    @Override
    public void snapshot(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set transaction isolation level repeatable read, read only");
        }
    }

    @Override
    public void check(DatabaseConfig config, Connection connection, DataSource direct) throws SQLException {
        PostgresPooler.check(config, connection, direct);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show server_encoding")) {
            row.next();
            String encoding = row.getString(1);
            if (!encoding.equals("UTF8")) {
                throw new DatabaseException(
                        "the database " + config.place() + " has the encoding " + encoding
                                + ", which cannot hold every text. Make one with: create database NAME encoding 'UTF8'"
                                + " template template0",
                        null);
            }
        }
    }

    /**
     * Has the server write a temporary file on the disk of the database: no table, no lock, no log. A full disk of the
     * write-ahead log needs no probe: it stops the server.
     */
    @Override
    public void write(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local statement_timeout = '" + PROBE_SECONDS + "s'");
            statement.execute("set local work_mem = '64kB'");
            statement.execute("set local temp_tablespaces = ''");
            try (ResultSet row = statement.executeQuery(
                    "select current_setting('transaction_read_only'), count(*) from generate_series(1, 10000)")) {
                row.next();
                if (row.getString(1).equals("on")) {
                    throw new SQLException("its transactions are read-only", READ_ONLY);
                }
            }
        } finally {
            connection.rollback();
        }
    }

    /** The number is "sigbox" in ASCII. */
    @Override
    public boolean lockMigrations(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_try_advisory_lock(x'736967626f78'::bigint)")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    @Override
    public FailureKind failureKind(SQLException e) {
        String state = e.getSQLState();
        if (state == null || state.length() < 2 || isRefusedByPooler(e)) {
            return FailureKind.REFUSED;
        }
        boolean away = AWAY.contains(state) || AWAY_CLASSES.contains(state.substring(0, 2));
        return KNOWN.getOrDefault(state, away ? FailureKind.AWAY : FailureKind.REFUSED);
    }

    /** A pooler says so with the state of a lost connection, but waiting does not help: its settings have to change. */
    private static boolean isRefusedByPooler(SQLException e) {
        return String.valueOf(e.getMessage()).contains("unsupported startup parameter");
    }
}
