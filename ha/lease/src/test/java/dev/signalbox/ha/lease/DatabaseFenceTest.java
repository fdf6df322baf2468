package dev.signalbox.ha.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.testing.services.RealMariaDb;
import dev.signalbox.testing.services.RealPostgres;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Fences in databases, alone and in the transaction that they guard. */
class DatabaseFenceTest {
    enum Kind {
        POSTGRESQL,
        MARIADB,
        STAND_IN_FOR_SQL_SERVER,
        SQLITE
    }

    @TempDir
    Path folder;

    private final TestClocks time = new TestClocks();
    private final List<Database> open = new ArrayList<>();

    private Database open(Kind kind) {
        String url = switch (kind) {
            case POSTGRESQL -> RealPostgres.shared().freshDatabase();
            case MARIADB -> RealMariaDb.shared().freshDatabase();
            case STAND_IN_FOR_SQL_SERVER ->
                "sqlserver://sa@stand-in?database=f"
                        + UUID.randomUUID().toString().replace("-", "");
            case SQLITE -> "sqlite:" + folder.resolve("fence.db");
        };
        Database database = Database.open(DatabaseConfig.of(url));
        open.add(database);
        return database;
    }

    @AfterEach
    void close() {
        open.forEach(Database::close);
    }

    private Lease lease(long epoch) {
        return new Tenure("a", "one", epoch, Deadline.in(Duration.ofHours(1), time.clocks()), time.clocks());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void admitsTheNewestEpochAndNoOlderOne(Kind kind) {
        Fence fence = DatabaseLeases.fence(open(kind));

        assertThat(fence.admits("a", 7)).isTrue();
        assertThat(fence.admits("a", 7)).isTrue();
        assertThat(fence.admits("a", 8)).isTrue();
        assertThat(fence.admits("a", 7)).isFalse();
        assertThat(fence.admits("b", 1)).isTrue();
        assertThatThrownBy(() -> fence.require(lease(7)))
                .isInstanceOf(StaleEpochException.class)
                .hasMessage("epoch 7 of 'a' is stale: a newer holder has written already");
    }

    /** What a former holder writes is undone with the transaction that was refused. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void aFormerHoldersTransactionChangesNothing(Kind kind) {
        Database database = open(kind);
        DatabaseLeases.migrate(database);
        database.transact(connection -> execute(connection, "create table account (balance integer)"));
        database.transact(connection -> execute(connection, "insert into account values (0)"));
        write(database, lease(7), 70);
        write(database, lease(8), 80);

        assertThatThrownBy(() -> write(database, lease(7), 71)).isInstanceOf(StaleEpochException.class);

        assertThat(balance(database)).isEqualTo(80);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void anEpochWhoseTransactionFailedIsNotRemembered(Kind kind) {
        Database database = open(kind);
        DatabaseLeases.migrate(database);
        assertThatThrownBy(() -> database.transact(connection -> {
                    DatabaseLeases.fence(connection, lease(9));
                    throw new IllegalStateException("rolled back");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(DatabaseLeases.fence(database).admits("a", 8)).isTrue();
    }

    /** Without an upsert that tells what it did, a check takes several statements there. */
    @ParameterizedTest
    @EnumSource(names = {"MARIADB", "STAND_IN_FOR_SQL_SERVER"})
    void aFenceThatAnotherMakesBetweenTheStatementsIsHeeded(Kind kind) {
        Database database = open(kind);
        Fence other = DatabaseLeases.fence(database);

        assertThat(admitsAfter(database, "a", 7, () -> other.admits("a", 6))).isTrue();
        assertThat(admitsAfter(database, "b", 7, () -> other.admits("b", 8))).isFalse();
        assertThat(other.admits("a", 6)).isFalse();
    }

    /** Does something else just before the row is made. */
    private static boolean admitsAfter(Database database, String name, long epoch, Runnable meanwhile) {
        return database.autoCommit(connection -> {
            Connection interrupted = (Connection) Proxy.newProxyInstance(
                    DatabaseFenceTest.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (_, method, arguments) -> {
                        if (arguments != null && String.valueOf(arguments[0]).contains("insert ")) {
                            meanwhile.run();
                        }
                        return method.invoke(connection, arguments);
                    });
            return DatabaseFence.admits(interrupted, name, epoch);
        });
    }

    private static void write(Database database, Lease lease, int value) {
        database.transact(connection -> {
            DatabaseLeases.fence(connection, lease);
            return execute(connection, "update account set balance = " + value);
        });
    }

    private static int balance(Database database) {
        return database.read(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("select balance from account");
                    var row = statement.executeQuery()) {
                return row.next() ? row.getInt(1) : -1;
            }
        });
    }

    private static int execute(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            return statement.executeUpdate();
        }
    }
}
