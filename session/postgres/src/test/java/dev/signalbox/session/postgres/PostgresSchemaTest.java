package dev.signalbox.session.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.session.bus.Codec;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.testing.contract.Recorder;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sessions in a schema of their own. */
class PostgresSchemaTest {
    private final String url = RealPostgres.shared().freshDatabase();

    @Test
    void theTablesAreInTheSchemaThatTheUrlNames() throws Exception {
        run("create schema shop");
        String there = url + (url.contains("?") ? "&" : "?") + "currentSchema=shop";
        try (Database database = Database.open(DatabaseConfig.of(there));
                SessionBus<String> bus = SessionBus.builder(
                                PostgresSessions.open(database, Retention.FOREVER), Codec.text())
                        .build()) {
            Recorder recorder = new Recorder();
            bus.subscribe("s", From.beginning(), recorder);
            bus.send("s", "e");
            await().until(() -> recorder.texts().equals(List.of("e")));
        }
        assertThat(schemas()).containsOnly("shop").hasSize(4);
    }

    private void run(String sql) throws SQLException {
        try (Database database = Database.open(DatabaseConfig.of(url));
                Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Those of the session bus's tables. */
    private List<String> schemas() throws SQLException {
        List<String> schemas = new ArrayList<>();
        try (Database database = Database.open(DatabaseConfig.of(url));
                Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select schemaname from pg_tables where tablename in"
                        + " ('session_event', 'session_head', 'session_batch', 'session_group')")) {
            while (rows.next()) {
                schemas.add(rows.getString(1));
            }
        }
        return schemas;
    }
}
