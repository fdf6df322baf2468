package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signalbox.testing.services.RealPgBouncer;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** PgBouncer between the server and PostgreSQL. */
@Timeout(120)
class PostgresPoolerTest {
    private static DatabaseConfig through(RealPgBouncer pooler) {
        return DatabaseConfig.of(
                RealPostgres.through(pooler.port(), RealPostgres.shared().freshDatabase()));
    }

    @Test
    void transactionModeIsRefused() {
        try (RealPgBouncer pooler = RealPgBouncer.before(RealPostgres.shared().port(), "transaction")) {
            assertThatExceptionOfType(DatabaseException.class)
                    .isThrownBy(() -> Database.open(through(pooler)))
                    .isNotInstanceOf(DatabaseUnavailableException.class)
                    .withMessageContaining("pool_mode = session");
        }
    }

    /** Each client has a session of its own there, so everything works. */
    @Test
    void sessionModeIsServed() {
        try (RealPgBouncer pooler = RealPgBouncer.before(RealPostgres.shared().port(), "session");
                Database database = Database.open(through(pooler))) {
            database.migrate("trial", "trial", getClass().getClassLoader());
            for (int i = 0; i < 20; i++) { // More often than the driver takes to prepare a statement on the server.
                int n = i;
                database.transact(connection -> {
                    try (Statement statement = connection.createStatement()) {
                        return statement.executeUpdate("insert into trial values (" + n + ")");
                    }
                });
            }
            assertThat(database.<Long>read(connection -> {
                        try (Statement statement = connection.createStatement();
                                ResultSet row = statement.executeQuery("select count(*) from trial")) {
                            row.next();
                            return row.getLong(1);
                        }
                    }))
                    .isEqualTo(20);
            assertThat(database.health()).isEmpty();
        }
    }

    /** Here it is told a setting of the session that it does not pass on. Waiting would not help, so it is no outage. */
    @Test
    void poolerThatRefusesTheUrlIsNoOutage() {
        try (RealPgBouncer pooler = RealPgBouncer.before(RealPostgres.shared().port(), "session")) {
            assertThatExceptionOfType(DatabaseException.class)
                    .isThrownBy(() -> Database.open(DatabaseConfig.of(RealPostgres.through(
                                    pooler.port(), RealPostgres.shared().freshDatabase())
                            + "&statement_timeout=1000")))
                    .isNotInstanceOf(DatabaseUnavailableException.class)
                    .withMessageContaining("unsupported startup parameter");
        }
    }
}
