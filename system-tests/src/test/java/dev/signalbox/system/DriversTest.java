package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.database.DatabaseUnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The class path of a server has the real drivers of all databases: each takes our settings, and finds that nobody is there. */
class DriversTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://u:p@127.0.0.1:PORT/d",
                "mysql://u:p@127.0.0.1:PORT/d",
                "sqlserver://u:p@127.0.0.1:PORT?database=d",
                "jdbc:sqlserver://127.0.0.1:PORT;databaseName=d;user=u;password=p;encrypt=strict",
            })
    void serverThatIsAwayIsLookedFor(String url) throws IOException {
        DatabaseConfig config = DatabaseConfig.of(url.replace("PORT", Integer.toString(closedPort())))
                .withConnectTimeout(Duration.ofSeconds(1));
        assertThatThrownBy(() -> Database.open(config).close()).isInstanceOf(DatabaseUnavailableException.class);
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** What migrations need beside the driver. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.flywaydb.database.postgresql.PostgreSQLDatabaseType",
                "org.flywaydb.database.mysql.mariadb.MariaDBDatabaseType",
                "org.flywaydb.database.sqlserver.SQLServerDatabaseType"
            })
    void flywayKnowsIt(String type) throws ClassNotFoundException {
        assertThat(Class.forName(type)).isNotNull();
    }
}
