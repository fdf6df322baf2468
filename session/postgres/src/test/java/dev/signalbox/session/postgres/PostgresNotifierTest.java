package dev.signalbox.session.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What telling other nodes costs those who append. */
class PostgresNotifierTest {
    private final String url = RealPostgres.shared().freshDatabase();

    /** Its commit would sync the log for something that may get lost, and every append would wait for that. */
    @Test
    void tellingDoesNotWaitForTheDiskAndLeavesTheConnectionAsItWas() throws SQLException {
        try (Database database = Database.open(DatabaseConfig.of(url));
                Connection connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            assertThat(durability(connection)).isEqualTo("on");
            assertThat(PostgresNotifier.tell(connection, List.of("1:a", "2:b"))).isEqualTo(2);
            assertThat(durability(connection)).isEqualTo("off");
            connection.commit();
            assertThat(durability(connection)).isEqualTo("on");
        }
    }

    private static String durability(Connection connection) throws SQLException {
        try (Query query = Query.of(connection, "show synchronous_commit")) {
            return query.list(row -> row.getString(1)).getFirst();
        }
    }
}
