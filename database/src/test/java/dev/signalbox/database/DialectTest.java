package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

/** The words of each database. That they are understood is shown by the contract suites of what uses them. */
class DialectTest {
    private static final String INSERT = "insert into t (a, n) values (?, ?)";

    @Test
    void rowsThatAreThereArePassedOver() {
        assertThat(Dialect.POSTGRESQL.ifAbsent(INSERT + "\n")).isEqualTo(INSERT + " on conflict do nothing");
        assertThat(Dialect.SQLITE.ifAbsent(INSERT)).isEqualTo(INSERT + " on conflict do nothing");
        assertThat(Dialect.MYSQL.ifAbsent(INSERT)).isEqualTo("insert ignore into t (a, n) values (?, ?)");
        assertThatIllegalArgumentException().isThrownBy(() -> Dialect.SQLSERVER.ifAbsent(INSERT));
    }

    @Test
    void rowsThatAreThereAreChanged() {
        assertThat(Dialect.SQLITE.orUpdate(INSERT, "a", "n = t.n + excluded.n"))
                .isEqualTo(INSERT + " on conflict (a) do update set n = t.n + excluded.n");
        assertThat(Dialect.MYSQL.orUpdate(INSERT, "a", "n = t.n + excluded.n"))
                .isEqualTo(INSERT + " on duplicate key update n = t.n + values(n)");
        assertThatIllegalArgumentException().isThrownBy(() -> Dialect.SQLSERVER.orUpdate(INSERT, "a", "n = 1"));
    }

    @Test
    void onSqliteNothingHasToBeLocked() {
        assertThat(Dialect.SQLITE.forUpdate()).isEmpty();
        assertThat(Dialect.SQLITE.forUpdateSkipLocked()).isEmpty();
        assertThat(Dialect.MYSQL.forUpdateSkipLocked()).isEqualTo(" for update skip locked");
    }
}
