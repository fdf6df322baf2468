package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealMariaDb;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MariaDbDatabaseTest extends DatabaseContract {
    @Override
    DatabaseConfig newDatabase() {
        return DatabaseConfig.of(RealMariaDb.shared().freshDatabase());
    }

    @Test
    void driverWasToldTheTimeouts() throws Exception {
        try (Database database = Database.open(newDatabase().withSocketTimeout(Duration.ofSeconds(7)));
                Connection connection = database.dataSource().getConnection()) {
            assertThat(connection.getNetworkTimeout()).isEqualTo(7_000);
            KeepAliveTimers.to(RealMariaDb.shared().port())
                    .ifPresent(timers -> assertThat(timers).isNotEmpty().allMatch(left -> left > 0 && left <= 30));
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "select @@innodb_lock_wait_timeout, @@lock_wait_timeout, @@time_zone, @@max_statement_time")) {
                row.next();
                assertThat(row.getInt(1)).isEqualTo(5);
                assertThat(row.getInt(2)).isEqualTo(5);
                assertThat(row.getString(3)).isEqualTo("+00:00");
                assertThat(row.getInt(4)).isEqualTo(5);
            }
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
        }
    }

    @Test
    void serverThatDoesNotGreetIsGivenUp() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            DatabaseConfig config = DatabaseConfig.of("mysql://u@127.0.0.1:" + silent.getLocalPort() + "/app?tls=false")
                    .withConnectTimeout(Duration.ofSeconds(1))
                    .withSocketTimeout(Duration.ofHours(1));
            assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(() -> Database.open(config));
        }
    }

    @Test
    void encryptionIsInsistedOn() {
        assertThatExceptionOfType(DatabaseException.class)
                .isThrownBy(() -> Database.open(newDatabase().withTls(Tls.of(Tls.Mode.ENCRYPTED))));
    }

    @Test
    void silentConnectionFailsWithinTheSocketTimeout() {
        RealMariaDb server = RealMariaDb.shared();
        try (FaultProxy proxy = FaultProxy.before(server.port());
                Database database = Database.open(
                        DatabaseConfig.of(server.freshDatabase().replace(":" + server.port(), ":" + proxy.port()))
                                .withConnectTimeout(Duration.ofSeconds(1))
                                .withSocketTimeout(Duration.ofSeconds(2)))) {
            assertThatExceptionOfType(DatabaseUnavailableException.class)
                    .isThrownBy(() -> database.transact(connection -> {
                        proxy.silence();
                        return execute(connection, "do 1");
                    }));
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptionsInstanceOf(DatabaseUnavailableException.class)
                    .until(() -> database.transact(connection -> execute(connection, "do 1")) >= 0);
        }
    }

    @Test
    void latin1IsRefusedAtTheStart() {
        RealMariaDb server = RealMariaDb.shared();
        String url = server.freshDatabase();
        String name = url.replaceFirst(".*/(\\w+)\\?.*", "$1");
        server.execute("alter database " + name + " character set latin1");
        assertThatExceptionOfType(DatabaseException.class)
                .isThrownBy(() -> Database.open(DatabaseConfig.of(url)))
                .isNotInstanceOf(DatabaseUnavailableException.class)
                .withMessageContaining("latin1")
                .withMessageContaining("utf8mb4");
    }

    @Test
    void serverThatOnlyReadsIsDownUntilItWritesAgain() {
        RealMariaDb server = RealMariaDb.shared();
        try (Database database = Database.open(newDatabase())) {
            assertThat(database.health()).isEmpty();
            server.execute("set global read_only = 1");
            try {
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(database.health())
                                .hasValueSatisfying(
                                        problem -> assertThat(problem).hasMessageContaining("read-only")));
            } finally {
                server.execute("set global read_only = 0");
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> database.health().isEmpty());
        }
    }

    @Test
    void lockOfMigrationsIsHeldByOneConnectionAtATime() throws Exception {
        DatabaseConfig config = newDatabase();
        var connections = DriverDataSource.of(config, Duration.ofSeconds(10));
        try (Connection one = connections.getConnection();
                Connection other = connections.getConnection()) {
            assertThat(MySqlEngine.INSTANCE.lockMigrations(one)).isTrue();
            assertThat(MySqlEngine.INSTANCE.lockMigrations(other)).isFalse();
            one.close();
            await().atMost(Duration.ofSeconds(30)).until(() -> MySqlEngine.INSTANCE.lockMigrations(other));
        }
    }
}
