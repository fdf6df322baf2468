package dev.signalbox.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection outside of every pool, for what ends with it, such as PostgreSQL's advisory locks. No pool replaces it after a time, and
 * no other caller gets it. Statements are committed one by one. For one thread at a time.
 */
public final class DedicatedConnection implements AutoCloseable {
    private final DatabaseConfig config;
    private final Connection connection;

    private DedicatedConnection(DatabaseConfig config, Connection connection) {
        this.config = config;
        this.connection = connection;
    }

    /**
     * Connects with the settings of that database, which may be closed before or after.
     *
     * @param answerWithin how long an answer to a statement may take, 1 s to 1 h: the server gives up a little earlier, the client then
     * @throws IllegalArgumentException for SQLite, which allows one connection that writes
     * @throws DatabaseException if the database cannot be reached or refuses
     */
    public static DedicatedConnection open(Database database, Duration answerWithin) {
        DatabaseConfig config = database.config();
        if (config.dialect() == Dialect.SQLITE) {
            throw new IllegalArgumentException("SQLite has one connection that writes; none can be set apart");
        }
        Duration checked = config.pool().withSocketTimeout(answerWithin).socketTimeout();
        return Failures.translating(config, () -> {
            Connection connection = DriverDataSource.of(config, checked).getConnection();
            try {
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED); // As the pools have it.
                prepare(connection, Engine.of(config.dialect()).onConnect(config, checked));
                return new DedicatedConnection(config, connection);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        });
    }

    private static void prepare(Connection connection, Optional<String> onConnect) throws SQLException {
        if (onConnect.isPresent()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(onConnect.get());
            }
        }
    }

    /**
     * Runs the work once; nothing is repeated.
     *
     * @throws DatabaseException if it fails. The connection may be broken then, or in an unknown state: close it, and open another
     */
    public <T extends @Nullable Object> T run(Work<T> work) {
        return Failures.translating(config, () -> work.run(connection));
    }

    /**
     * Ends it, and with it all that it locked.
     *
     * @throws DatabaseException if it could not be closed in order; the server ends it all the same
     */
    @Override
    public void close() {
        Failures.translating(config, () -> {
            connection.close();
            return true;
        });
    }
}
