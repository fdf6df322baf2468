package dev.signalbox.ha.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose clock counts. PostgreSQL's is set by a function that its sessions find before the server's own. */
class DatabaseClockTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private Database database;
    private LeaseStore store;

    @BeforeEach
    void open() {
        String url = RealPostgres.shared().freshDatabase();
        try (Database plain = Database.open(DatabaseConfig.of(url))) {
            execute(plain, "create schema clock");
            execute(plain, "create table clock.ahead (span interval not null)");
            execute(plain, "insert into clock.ahead values ('0')");
            execute(plain, """
                    create function clock.clock_timestamp() returns timestamptz volatile language sql as
                    'select pg_catalog.clock_timestamp() + (select span from clock.ahead)'
                    """);
            execute(plain, """
                    do $$ begin
                        execute format('alter database %I set search_path = clock, pg_catalog', current_database());
                    end $$
                    """);
        }
        database = Database.open(DatabaseConfig.of(url));
        store = DatabaseLeases.open(database);
    }

    @AfterEach
    void close() {
        store.close();
        database.close();
    }

    private void setAhead(Duration span) {
        execute(database, "update clock.ahead set span = '" + span + "'");
    }

    private static void execute(Database database, String sql) {
        database.autoCommit(connection -> execute(connection, sql));
    }

    private static boolean execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }

    @Test
    void theDatabasesClockAloneDecidesWhoHoldsALease() {
        long epoch = ((Acquisition.Granted) store.acquire("a", "one", HOUR)).epoch();

        setAhead(HOUR.multipliedBy(2));
        assertThat(store.find("a")).isEmpty();
        assertThat(store.renew("a", "one", epoch, HOUR)).isFalse();
        assertThat(store.release("a", "one", epoch)).isFalse();
        assertThat(store.acquire("a", "two", HOUR)).isEqualTo(new Acquisition.Granted(epoch + 1));

        setAhead(Duration.ZERO);
        Optional<LeaseState> held = store.find("a");
        assertThat(held.map(LeaseState::owner)).contains("two");
        assertThat(held.orElseThrow().remaining()).isBetween(HOUR.multipliedBy(2), HOUR.multipliedBy(3));
        assertThat(store.acquire("a", "one", HOUR)).isInstanceOf(Acquisition.Refused.class);
    }
}
