package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.testing.services.RealPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections of one's own. */
class DatabaseApartTest {
    private static final Duration ANSWER = Duration.ofSeconds(6);

    @TempDir
    Path folder;

    private static DatabaseConfig postgresql() {
        return DatabaseConfig.of(RealPostgres.shared().freshDatabase()).withConnectTimeout(Duration.ofSeconds(1));
    }

    private static String show(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private interface Runner {
        String run(Work<String> work);
    }

    private static String ask(Runner runner, String sql) {
        return runner.run(connection -> show(connection, sql));
    }

    @Test
    void workApartDoesNotWaitForTheOthers() throws Exception {
        try (Database database = Database.open(postgresql());
                Database apart = database.apart("dispatcher", 2, ANSWER)) {
            List<Connection> held = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                held.add(database.dataSource().getConnection());
            }
            assertThatExceptionOfType(DatabaseUnavailableException.class)
                    .isThrownBy(() -> database.autoCommit(connection -> show(connection, "select 1")));
            assertThat(ask(apart::autoCommit, "select 1")).isEqualTo("1");
            assertThat(ask(apart::transact, "select 2")).isEqualTo("2");
            assertThat(ask(apart::read, "select 3")).isEqualTo("3");
            for (Connection connection : held) {
                connection.close();
            }
        }
    }

    @Test
    void answersAreAwaitedAsLongAsItWasTold() throws Exception {
        try (Database database = Database.open(postgresql());
                Database apart = database.apart("dispatcher", 1, ANSWER);
                Connection connection = apart.dataSource().getConnection()) {
            assertThat(connection.getNetworkTimeout()).isEqualTo(6_000);
            assertThat(show(connection, "show statement_timeout")).isEqualTo("5s");
        }
    }

    @Test
    void clockAndHealthAreThoseOfTheWhole() {
        try (Database database = Database.open(postgresql());
                Database apart = database.apart("dispatcher", 1, ANSWER)) {
            assertThat(apart.clock()).isSameAs(database.clock());
            assertThat(apart.health()).isEmpty();
        }
    }

    @Test
    void figuresNameEachPool() throws Exception {
        try (Database database = Database.open(postgresql());
                Database apart = database.apart("dispatcher", 3, ANSWER);
                Connection connection = apart.dataSource().getConnection()) {
            assertThat(connection.isValid(5)).isTrue();
            assertThat(database.pools()).extracting(PoolFigures::name).containsExactly("main", "dispatcher");
            assertThat(apart.pools()).isNotEmpty();
            PoolFigures figures = database.pools().getLast();
            assertThat(figures.most()).isEqualTo(3);
            assertThat(figures.busy()).isEqualTo(1);
            apart.close();
            assertThat(database.pools()).extracting(PoolFigures::name).containsExactly("main");
        }
    }

    @Test
    void closingTheWholeClosesIt() {
        Database database = Database.open(postgresql());
        Database apart = database.apart("dispatcher", 1, ANSWER);
        database.close();
        assertThatExceptionOfType(DatabaseException.class)
                .isThrownBy(() -> apart.autoCommit(connection -> show(connection, "select 1")));
    }

    @Test
    void sqliteSharesItsOneWriter() {
        try (Database database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("app.db")))) {
            Database apart = database.apart("dispatcher", 2, ANSWER);
            assertThat(apart.dataSource()).isSameAs(database.dataSource());
            apart.close();
            assertThat(ask(database::transact, "select 1")).isEqualTo("1");
            assertThat(database.pools()).extracting(PoolFigures::name).containsExactly("main", "readers");
        }
    }

    @Test
    void nameAndSizeAreBounded() {
        try (Database database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("app.db")))) {
            assertThatIllegalArgumentException().isThrownBy(() -> database.apart("A b", 1, ANSWER));
            assertThatIllegalArgumentException().isThrownBy(() -> database.apart("a", 0, ANSWER));
            assertThatIllegalArgumentException().isThrownBy(() -> database.apart("a", 1, Duration.ZERO));
        }
    }
}
