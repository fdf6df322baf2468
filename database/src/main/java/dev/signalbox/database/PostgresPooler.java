package dev.signalbox.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/**
 * Notices a pooler, such as PgBouncer in transaction mode, that runs each transaction in whatever session is free. There, two
 * clients get the same lock of a session, notifications reach nobody, and prepared statements are another client's.
 */
final class PostgresPooler {
    /** Each round may miss it if other clients of the pooler are quicker. */
    private static final int ROUNDS = 5;

    private PostgresPooler() {}

    /**
     * @throws DatabaseException if there is such a pooler
     */
    static void check(DatabaseConfig config, Connection connection, DataSource direct) throws SQLException {
        if (connection.unwrap(PGConnection.class).getBackendPID() != session(connection) && isShared(direct)) {
            throw new DatabaseException(
                    "the database " + config.place()
                            + " is reached through a pooler that runs each transaction in another session: locks and"
                            + " notifications do not work there. Connect to PostgreSQL directly, or set the pooler to"
                            + " sessions (PgBouncer: pool_mode = session)",
                    null);
        }
    }

    /** A pooler makes up numbers of sessions; one that leaves each client its session never runs two in one. */
    private static boolean isShared(DataSource direct) throws SQLException {
        try (Connection one = direct.getConnection();
                Connection other = direct.getConnection()) {
            other.setAutoCommit(false);
            for (int round = 0; round < ROUNDS; round++) {
                int before = session(one);
                boolean taken = session(other) == before || session(one) != before;
                other.rollback();
                if (taken) {
                    return true;
                }
            }
            return false;
        }
    }

    private static int session(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }
}
