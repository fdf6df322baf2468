package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testing.services.RealPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A failover that leaves connections at a server which only reads. A session stays as its server was when it began. */
class DatabaseFailoverTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final String url = RealPostgres.shared().freshDatabase();

    private void server(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("set default_transaction_read_only = off");
            statement.execute(sql.replace("DATABASE", connection.getCatalog()));
        }
    }

    private static int insert(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("insert into trial values (1) on conflict do nothing");
        }
    }

    /** All connections of the pool are at a server that only reads, as those opened too early in a failover are. */
    private static void openAll(Database database) throws SQLException {
        List<Connection> all = new ArrayList<>();
        try {
            for (int i = 0; i < database.config().pool().size(); i++) {
                Connection connection = database.dataSource().getConnection();
                all.add(connection);
                try (Statement statement = connection.createStatement()) {
                    statement.execute("select 1"); // One that was cut leaves the pool.
                }
            }
        } finally {
            for (Connection connection : all) {
                connection.close();
            }
        }
    }

    @Test
    void connectionsToAServerThatOnlyReadsAreReplaced() throws Exception {
        try (Database database = Database.open(DatabaseConfig.of(url))) {
            database.migrate("trial", "trial", getClass().getClassLoader());
            assertThat(database.health()).isEmpty();
            server("alter database DATABASE set default_transaction_read_only = on");
            server("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where pid <> pg_backend_pid() and datname = current_database()");
            await().atMost(SOON).ignoreExceptions().untilAsserted(() -> openAll(database));
            assertThatExceptionOfType(DatabaseUnavailableException.class)
                    .isThrownBy(() -> database.transact(DatabaseFailoverTest::insert))
                    .withMessageContaining("read-only");
            assertThat(database.health())
                    .hasValueSatisfying(problem -> assertThat(problem).hasMessageContaining("read-only"));

            openAll(database);
            server("alter database DATABASE reset default_transaction_read_only");
            await().atMost(SOON)
                    .ignoreExceptionsInstanceOf(DatabaseUnavailableException.class)
                    .until(() -> {
                        for (int i = 0; i < 30; i++) { // None of the old connections is left.
                            database.transact(DatabaseFailoverTest::insert);
                        }
                        return true;
                    });
            await().atMost(SOON).until(() -> database.health().isEmpty());
        }
    }

    @Test
    void ofSeveralServersThePrimaryIsChosen() {
        assertThat(PostgresEngine.INSTANCE
                        .properties(DatabaseConfig.of("postgresql://a,b/app"), Duration.ofSeconds(1))
                        .getProperty("targetServerType"))
                .isEqualTo("primary");
    }
}
