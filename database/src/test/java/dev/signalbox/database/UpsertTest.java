package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Of SQL Server only the statements are tried, on SQLite, which takes all but the one that passes over rows. */
class UpsertTest {
    private static final String INSERT = "insert into tally (name, began, n) values (?, 0, ?)";

    @TempDir
    Path folder;

    private static int count(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select n from tally where name = '" + name + "'")) {
            row.next();
            return row.getInt(1);
        }
    }

    static Stream<Dialect> thoseThatSqliteUnderstands() {
        return Stream.of(Dialect.SQLITE, Dialect.POSTGRESQL);
    }

    @ParameterizedTest
    @MethodSource("thoseThatSqliteUnderstands")
    void rowIsInsertedOrChanged(Dialect dialect) {
        Upsert upsert = Upsert.of(dialect, INSERT, "name", "n = tally.n + excluded.n");
        try (Database database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("upsert.db")))) {
            database.<Object>transact(connection -> {
                DatabaseContract.execute(connection, "create table tally (name text primary key, began int, n int)");
                upsert.run(connection, "a", 1);
                upsert.run(connection, "a", 2);
                upsert.run(connection, "b", 5);
                assertThat(count(connection, "a")).isEqualTo(3);
                return assertThat(count(connection, "b")).isEqualTo(5);
            });
        }
    }

    @Test
    void onSqlServerARowThatIsThereIsOnlyUpdated() {
        Upsert upsert = Upsert.of(Dialect.SQLSERVER, INSERT, "name, began", "n = tally.n + excluded.n");
        try (Database database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("upsert.db")))) {
            database.<Object>transact(connection -> {
                DatabaseContract.execute(connection, "create table tally (name text primary key, began int, n int)");
                DatabaseContract.execute(connection, "insert into tally values ('a', 0, 1), ('b', 0, 1)");
                upsert.run(connection, "a", 41);
                assertThat(count(connection, "b")).isEqualTo(1);
                return assertThat(count(connection, "a")).isEqualTo(42);
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void insertOfSeveralRowsIsRefused(Dialect dialect) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Upsert.of(dialect, INSERT + ", (?, 0, ?)", "name", "n = 1"));
    }

    @Test
    void columnThatIsNotInsertedIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Upsert.of(Dialect.SQLSERVER, INSERT, "name", "n = excluded.m"))
                .withMessageContaining("m");
    }
}
