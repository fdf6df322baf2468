package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The words of each database. That they are understood is shown by the contract suites of what uses them. */
class DialectTest {
    private static final String INSERT = "insert into t (a, n) values (?, ?)";

    @Test
    void rowsThatAreThereArePassedOver() {
        assertThat(Dialect.POSTGRESQL.ifAbsent(INSERT + "\n")).isEqualTo(INSERT + " on conflict do nothing");
        assertThat(Dialect.SQLITE.ifAbsent(INSERT)).isEqualTo(INSERT + " on conflict do nothing");
        assertThat(Dialect.MYSQL.ifAbsent(INSERT)).isEqualTo("insert ignore into t (a, n) values (?, ?)");
        assertThat(Dialect.SQLSERVER.ifAbsent(INSERT))
                .startsWith("begin try " + INSERT + "; end try begin catch ")
                .contains("2601, 2627");
    }

    @Test
    void onlySomeRowsAreReturned() {
        assertThat(Dialect.MYSQL.limit()).isEqualTo(" limit ?");
        assertThat(Dialect.SQLITE.limit(5)).isEqualTo(" limit 5");
        assertThat(Dialect.POSTGRESQL.limit(1, 99)).isEqualTo(" limit 1 offset 99");
        assertThat(Dialect.POSTGRESQL.limitInAnyOrder(5)).isEqualTo(" limit 5");
        assertThat(Dialect.MYSQL.limitFrom(5)).isEqualTo(" limit 5 offset ?");
        assertThat(Dialect.SQLSERVER.limitFrom(5)).isEqualTo(" offset ? rows fetch next 5 rows only");
        assertThat(Dialect.SQLSERVER.limit()).isEqualTo(" offset 0 rows fetch next ? rows only");
        assertThat(Dialect.SQLSERVER.limit(1, 99)).isEqualTo(" offset 99 rows fetch next 1 rows only");
        assertThat(Dialect.SQLSERVER.limitInAnyOrder(5))
                .isEqualTo(" order by (select null) offset 0 rows fetch next 5 rows only");
    }

    @Test
    void rowsAreLocked() {
        String select = "select n from t where n in (select m from u)";
        assertThat(Dialect.SQLITE.forUpdate(select)).isEqualTo(select);
        assertThat(Dialect.SQLITE.forUpdateSkipLocked(select)).isEqualTo(select);
        assertThat(Dialect.POSTGRESQL.forUpdate(select + "\n")).isEqualTo(select + " for update");
        assertThat(Dialect.MYSQL.forUpdateSkipLocked(select)).isEqualTo(select + " for update skip locked");
        assertThat(Dialect.SQLSERVER.forUpdate(select))
                .isEqualTo("select n from t with (updlock, rowlock) where n in (select m from u)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"t", "t x", "t as x"})
    void onSqlServerTheHintFollowsTheNameOfTheTable(String table) {
        assertThat(Dialect.SQLSERVER.forUpdateSkipLocked("select n from " + table + " order by n"))
                .isEqualTo(
                        "select n from " + table + " with (updlock, rowlock, readpast, readcommittedlock) order by n");
    }
}
