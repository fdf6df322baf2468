package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signalbox.testing.services.RealPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** A database that cannot hold every text is refused when it is opened, not when the first emoji comes. */
class DatabaseEncodingTest {
    @Test
    void latin1IsRefusedAtTheStart() throws Exception {
        String url = RealPostgres.shared().freshDatabase();
        String name = "latin1_" + ProcessHandle.current().pid();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "create database " + name + " encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0");
        }
        assertThatExceptionOfType(DatabaseException.class)
                .isThrownBy(() -> Database.open(DatabaseConfig.of(url.replaceFirst("test_\\w+", name))))
                .isNotInstanceOf(DatabaseUnavailableException.class)
                .withMessageContaining("LATIN1")
                .withMessageContaining("encoding 'UTF8'");
        try (Database database = Database.open(DatabaseConfig.of(url))) {
            assertThat(database.health()).isEmpty();
        }
    }
}
