package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealPostgres;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the drivers were told is in force on live connections. */
class ConnectionPropertiesTest {
    @TempDir
    Path folder;

    private static DatabaseConfig postgresql() {
        return DatabaseConfig.of(RealPostgres.shared().freshDatabase());
    }

    private static String show(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void postgresqlWaitsForAnAnswerAsLongAsConfigured() throws Exception {
        try (Database database = Database.open(postgresql().withSocketTimeout(Duration.ofSeconds(7)));
                Connection connection = database.dataSource().getConnection()) {
            assertThat(connection.getNetworkTimeout()).isEqualTo(7_000);
            assertThat(show(connection, "show statement_timeout")).isEqualTo("5833ms");
            assertThat(show(connection, "show tcp_keepalives_idle")).isEqualTo("30");
        }
    }

    @Test
    void postgresqlKeepsAStatementTimeoutOfTheUrl() throws Exception {
        DatabaseConfig config = DatabaseConfig.of(RealPostgres.shared().freshDatabase() + "&statement_timeout=12345");
        try (Database database = Database.open(config);
                Connection connection = database.dataSource().getConnection()) {
            assertThat(show(connection, "show statement_timeout")).isEqualTo("12345ms");
        }
    }

    @Test
    void postgresqlsSystemLooksWhetherTheServerIsThere() throws Exception {
        RealPostgres server = RealPostgres.shared();
        try (FaultProxy proxy = FaultProxy.before(server.port());
                Database database =
                        Database.open(DatabaseConfig.of(RealPostgres.through(proxy.port(), server.freshDatabase())));
                Connection connection = database.dataSource().getConnection()) {
            assertThat(connection.isValid(5)).isTrue();
            Optional<List<Double>> timers = KeepAliveTimers.to(proxy.port());
            Assumptions.assumeTrue(timers.isPresent(), "skipped: only Linux shows the timers of its connections");
            assertThat(timers.orElseThrow()).isNotEmpty().allMatch(left -> left > 0 && left <= 30);
        }
    }

    @Test
    void encryptionIsInsistedOn() {
        assertThatExceptionOfType(DatabaseException.class)
                .isThrownBy(() -> Database.open(postgresql().withTls(Tls.of(Tls.Mode.ENCRYPTED))))
                .withMessageContaining("SSL");
    }

    /** A server that is frozen accepts the connection, and says nothing. */
    @Test
    void postgresqlGivesUpOnAServerThatDoesNotGreet() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            DatabaseConfig config = DatabaseConfig.of("postgresql://u@127.0.0.1:" + silent.getLocalPort() + "/app")
                    .withConnectTimeout(Duration.ofSeconds(1))
                    .withSocketTimeout(Duration.ofHours(1));
            assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(() -> Database.open(config));
        }
    }

    @Test
    void sqliteWaitsForALockAsLongAsConfigured() throws Exception {
        try (Database database =
                        Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("app.db") + "?_busy_timeout=1234"));
                Connection connection = database.dataSource().getConnection()) {
            assertThat(show(connection, "pragma busy_timeout")).isEqualTo("1234");
        }
    }

    @Test
    void valuesAreTextsForEveryDriver() {
        for (DatabaseConfig config : List.of(postgresql(), DatabaseConfig.of("sqlite:" + folder.resolve("app.db")))) {
            assertThat(Engine.of(config.dialect())
                            .properties(config, Duration.ofSeconds(1))
                            .values())
                    .isNotEmpty()
                    .allMatch(String.class::isInstance);
        }
    }
}
