package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections whose other end has vanished without a word, as behind a firewall that forgot them. */
@Timeout(120)
class HalfOpenConnectionTest {
    private static long one(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select 1")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static Database open(FaultProxy proxy) {
        return Database.open(DatabaseConfig.of(
                        RealPostgres.through(proxy.port(), RealPostgres.shared().freshDatabase()))
                .withConnectTimeout(Duration.ofSeconds(1))
                .withSocketTimeout(Duration.ofSeconds(2)));
    }

    /** Opens as many connections as the pool may, and gives them back. */
    private static void fill(Database database) throws SQLException {
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < database.config().pool().size(); i++) {
            all.add(database.dataSource().getConnection());
        }
        for (Connection connection : all) {
            connection.close();
        }
    }

    @Test
    void statementUnderWayFailsWithinTheSocketTimeout() {
        try (FaultProxy proxy = FaultProxy.before(RealPostgres.shared().port());
                Database database = open(proxy)) {
            assertThatExceptionOfType(DatabaseUnavailableException.class)
                    .isThrownBy(() -> database.transact(connection -> {
                        one(connection);
                        proxy.silence();
                        return one(connection); // Never answered.
                    }));
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptionsInstanceOf(DatabaseUnavailableException.class)
                    .until(() -> database.transact(HalfOpenConnectionTest::one) == 1);
        }
    }

    @Test
    void poolOfSilentConnectionsIsReplaced() throws Exception {
        try (FaultProxy proxy = FaultProxy.before(RealPostgres.shared().port());
                Database database = open(proxy)) {
            fill(database);
            proxy.silence();
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptionsInstanceOf(DatabaseUnavailableException.class)
                    .until(() -> database.transact(HalfOpenConnectionTest::one) == 1);
            assertThat(database.health()).isEmpty();
        }
    }
}
