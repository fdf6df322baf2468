package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testing.services.RealPostgres;
import dev.signalbox.testing.services.SmallDisk;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that answers but cannot be written is not healthy. */
class DatabaseDiskFullTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static final String MUCH =
            "with recursive n (n) as (select 1 union all select n + 1 from n where n < 50000)"
                    + " insert into trial select n from n";

    @TempDir
    Path folder;

    @Test
    void fullDiskIsDownUntilThereIsSpaceAgain() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), 4);
                Database database = Database.openExclusive(
                        DatabaseConfig.of("sqlite:" + disk.path().resolve("app.db")))) {
            database.migrate("trial", "trial", getClass().getClassLoader());
            assertThat(database.health()).isEmpty();

            disk.fill();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(problem(database)).contains("no space left"));
            assertThatExceptionOfType(DatabaseUnavailableException.class)
                    .isThrownBy(() -> insertMuch(database))
                    .withMessageContaining("no space left");
            long until = System.nanoTime()
                    + WriteProbe.PAUSE_WHEN_DOWN.multipliedBy(3).toNanos();
            while (System.nanoTime() < until) { // Over several probes it stays down and does not flip.
                assertThat(problem(database)).contains("no space left");
            }

            disk.free();
            await().atMost(SOON).until(() -> database.health().isEmpty());
            insertMuch(database);
        }
    }

    @Test
    void failedTransactionCountsAtOnce() {
        try (Database database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("app.db")))) {
            database.migrate("trial", "trial", getClass().getClassLoader());
            assertThat(database.health()).isEmpty();
            assertThatExceptionOfType(DatabaseUnavailableException.class)
                    .isThrownBy(() -> database.transact(connection -> {
                        try (Statement statement = connection.createStatement()) {
                            statement.execute("pragma max_page_count = 1"); // As many as there are: no more.
                            return statement.executeUpdate(MUCH);
                        }
                    }))
                    .withMessageContaining("no space left");
            assertThat(problem(database)).contains("no space left");
            await().atMost(SOON).until(() -> database.health().isEmpty()); // The disk itself has space.
        }
    }

    @Test
    void serverThatOnlyReadsIsDown() {
        String url = RealPostgres.shared().freshDatabase() + "&default_transaction_read_only=on";
        try (Database database = Database.open(DatabaseConfig.of(url))) {
            assertThat(problem(database)).contains("read-only");
        }
    }

    private static void insertMuch(Database database) {
        database.transact(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate(MUCH);
            }
        });
    }

    private static String problem(Database database) {
        return database.health().map(DatabaseException::getMessage).orElse("none");
    }
}
