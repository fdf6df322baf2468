package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testing.services.RealPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
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

    /** A tmpfs of four megabytes; mounting one needs root, so elsewhere this test is skipped. */
    @Test
    void fullDiskIsDownUntilThereIsSpaceAgain() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Assumptions.assumeTrue(
                ran("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString()),
                "skipped: only root may mount a tmpfs to fill");
        try (Database database = Database.openExclusive(DatabaseConfig.of("sqlite:" + disk.resolve("app.db")))) {
            database.migrate("trial", "trial", getClass().getClassLoader());
            assertThat(database.health()).isEmpty();

            Path filler = fill(disk.resolve("filler"));
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

            Files.delete(filler);
            await().atMost(SOON).until(() -> database.health().isEmpty());
            insertMuch(database);
        } finally {
            assertThat(ran("umount", disk.toString())).isTrue();
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

    private static Path fill(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
            return file;
        }
    }

    private static boolean ran(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
