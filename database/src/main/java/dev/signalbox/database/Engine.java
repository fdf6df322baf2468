package dev.signalbox.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;

/** What each database does in its own way. Stateless. */
interface Engine {
    static Engine of(Dialect dialect) {
        return switch (dialect) {
            case POSTGRESQL -> PostgresEngine.INSTANCE;
            case MYSQL -> MySqlEngine.INSTANCE;
            case SQLSERVER -> SqlServerEngine.INSTANCE;
            case SQLITE -> SqliteEngine.INSTANCE;
        };
    }

    /** The class of its JDBC driver. */
    String driver();

    /** Where Maven finds the driver: group and artifact. */
    String artifact();

    /**
     * What the driver is told besides the URL, user and password included. All values are texts: drivers do not see others.
     *
     * @param answerWithin how long the driver waits for an answer to a statement; zero waits for ever
     */
    Properties properties(DatabaseConfig config, Duration answerWithin);

    /**
     * The driver's words for it.
     *
     * @throws IllegalArgumentException if it cannot be had
     */
    Map<String, String> tls(Tls tls);

    /**
     * What a new connection executes first. It has the server give up on a statement before the client does, so that what
     * nobody waits for any more is not carried out later.
     */
    Optional<String> onConnect(DatabaseConfig config, Duration answerWithin);

    /** An expression for its time when it is evaluated, in microseconds since 1970; empty if it has no clock of its own. */
    Optional<String> now();

    /** Gives a transaction that has not done anything yet one snapshot, which it only reads. */
    void snapshot(Connection connection) throws SQLException;

    /**
     * Looks whether the database can be used at all.
     *
     * @param direct connects to it outside of any pool
     * @throws DatabaseException in words for the operator, if it cannot
     */
    void check(DatabaseConfig config, Connection connection, DataSource direct) throws SQLException;

    /** Writes a little, or asks whether it could. */
    void write(Connection connection) throws SQLException;

    /** Tries to take the lock that lets one process at a time change tables; held until the connection ends. */
    boolean lockMigrations(Connection connection) throws SQLException;

    FailureKind failureKind(SQLException e);
}
