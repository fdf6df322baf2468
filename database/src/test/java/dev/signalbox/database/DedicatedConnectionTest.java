package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.testing.services.RealPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DedicatedConnectionTest {
    private static final Duration ANSWER = Duration.ofSeconds(2);

    private static Database open() {
        return Database.open(DatabaseConfig.of(RealPostgres.shared().freshDatabase()));
    }

    private static boolean ask(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() && row.getBoolean(1);
        }
    }

    @Test
    void whatItLockedIsLockedUntilItEnds() {
        try (Database database = open()) {
            DedicatedConnection dedicated = DedicatedConnection.open(database, ANSWER);
            assertThat(dedicated.<Boolean>run(connection -> ask(connection, "select pg_try_advisory_lock(7)")))
                    .isTrue();
            assertThat(tryLock(database)).isFalse();

            dedicated.close();

            Awaitility.await("the lock").until(() -> tryLock(database));
        }
    }

    private static boolean tryLock(Database database) {
        return database.<Boolean>autoCommit(connection -> ask(connection, "select pg_try_advisory_xact_lock(7)"));
    }

    @Test
    void theServerGivesUpOnAStatementThatTakesTooLong() {
        try (Database database = open();
                DedicatedConnection dedicated = DedicatedConnection.open(database, ANSWER)) {
            assertThatExceptionOfType(DatabaseUnavailableException.class)
                    .isThrownBy(() -> dedicated.run(connection -> ask(connection, "select pg_sleep(60) is null")))
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(FailureKind.SLOW));
        }
    }

    @Test
    void oneThatWasEndedByTheServerFails() {
        try (Database database = open();
                DedicatedConnection dedicated = DedicatedConnection.open(database, ANSWER)) {
            int backend = dedicated.run(DedicatedConnectionTest::backend);
            database.autoCommit(connection -> ask(connection, "select pg_terminate_backend(" + backend + ")"));

            assertThatExceptionOfType(DatabaseUnavailableException.class)
                    .isThrownBy(() -> dedicated.run(DedicatedConnectionTest::backend));
        }
    }

    /** As those of the pools: at a stricter level, statements fail that only wait here. */
    @Test
    void itsStatementsAreReadCommittedWhateverTheServersDefault() {
        try (Database database = open()) {
            database.<Boolean>autoCommit(DedicatedConnectionTest::makeSerializableTheDefault);

            try (DedicatedConnection dedicated = DedicatedConnection.open(database, ANSWER)) {
                assertThat(dedicated.<Boolean>run(connection ->
                                ask(connection, "select current_setting('transaction_isolation') = 'read committed'")))
                        .isTrue();
            }
        }
    }

    private static boolean makeSerializableTheDefault(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            return statement.execute("alter database " + connection.getCatalog()
                    + " set default_transaction_isolation = 'serializable'");
        }
    }

    private static int backend(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    @Test
    void isNotForSqlite(@TempDir Path folder) {
        try (Database sqlite = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("one.db")))) {
            assertThatIllegalArgumentException().isThrownBy(() -> DedicatedConnection.open(sqlite, ANSWER));
        }
    }
}
