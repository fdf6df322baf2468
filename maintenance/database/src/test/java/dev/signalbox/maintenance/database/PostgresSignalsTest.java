package dev.signalbox.maintenance.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.database.Notifications;
import dev.signalbox.maintenance.control.SharedSignals;
import dev.signalbox.maintenance.control.Signal;
import dev.signalbox.testing.contract.SignalSourceContract;
import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresSignalsTest extends SignalSourceContract {
    private final String url = RealPostgres.shared().freshDatabase();
    private Database database = Database.open(DatabaseConfig.of(url));

    @Override
    protected SharedSignals open() {
        return DatabaseSignals.open(database, "cluster");
    }

    @BeforeEach
    void migrate() {
        DatabaseSignals.migrate(database);
    }

    @AfterEach
    void closeDatabase() {
        database.close();
    }

    @Test
    void aRowThatIsWrittenByHandIsEnough() {
        Heard heard = heard(source());
        database.transact(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate("insert into maintenance_signal values ('cluster', 'TRUE')");
            }
        });

        heard.hears(Optional.of(Signal.of("cluster", "")));
    }

    @Test
    void aRowThatIsWrittenByHandIsToldToAllWhoListen() {
        try (Notifications changes = Notifications.listen(database, "signalbox_maintenance", LONG)) {
            for (String statement : List.of(
                    "insert into maintenance_signal values ('other', 'on')",
                    "update maintenance_signal set word = 'off'",
                    "delete from maintenance_signal")) {
                database.transact(connection -> connection.createStatement().executeUpdate(statement));
                assertThat(changes.await(LONG)).as(statement).hasSize(1);
            }
        }
    }

    @Test
    void itListensFromItsStartAndAgainAfterItsConnectionWasEnded() {
        SharedSignals source = source();
        Heard heard = heard(source);
        await().atMost(LONG).until(() -> listening(database).size() == 1);
        Integer first = listening(database).getFirst();
        database.transact(
                connection -> connection.createStatement().execute("select pg_terminate_backend(" + first + ")"));

        await().atMost(LONG).until(() -> listening(database).stream().anyMatch(process -> !process.equals(first)));
        source.publish(WISH);
        heard.hears(Optional.of(WISH));
    }

    private static List<Integer> listening(Database database) {
        return database.read(connection -> {
            List<Integer> processes = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select pid from pg_stat_activity where datname ="
                            + " current_database() and query = 'listen signalbox_maintenance'")) {
                while (rows.next()) {
                    processes.add(rows.getInt(1));
                }
            }
            return processes;
        });
    }

    /** Its question to the database is under way then, and fails. */
    @Test
    void oneThatIsClosedSaysNothingMore() {
        SharedSignals source = source();
        Heard heard = heard(source);
        heard.hears(Optional.empty());
        database.transact(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("lock table maintenance_signal");
            }
            await().atMost(LONG).until(() -> waiting(database) == 1);
            source.close();
            return true;
        });

        await().during(Duration.ofMillis(500)).atMost(LONG).until(() -> heard.lost.isEmpty());
    }

    private static int waiting(Database database) {
        return database.read(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select count(*) from pg_stat_activity where datname ="
                            + " current_database() and wait_event_type = 'Lock'")) {
                return row.next() ? row.getInt(1) : 0;
            }
        });
    }

    @Test
    void aDatabaseThatIsAwayIsLostAndItsSignalHolds() {
        try (FaultProxy proxy = FaultProxy.before(RealPostgres.shared().port());
                Database through = Database.open(DatabaseConfig.of(RealPostgres.through(proxy.port(), url))
                        .withConnectTimeout(Duration.ofSeconds(1)))) {
            DatabaseSignals source = DatabaseSignals.open(through, "cluster");
            source.publish(WISH);
            Heard heard = heard(source);
            heard.hears(Optional.of(WISH));
            proxy.cut();
            await().atMost(LONG).untilAsserted(() -> assertThat(heard.lost).isNotEmpty());
            assertThat(heard.said).doesNotContain(Optional.empty());
            open().withdraw();
            proxy.heal();

            heard.hears(Optional.empty());
            source.close();
        }
    }
}
