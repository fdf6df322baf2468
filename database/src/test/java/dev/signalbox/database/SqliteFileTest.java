package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may read the files of a database. */
class SqliteFileTest {
    @TempDir
    Path folder;

    @BeforeEach
    void needsPosix() throws IOException {
        Assumptions.assumeTrue(
                Files.getFileStore(folder).supportsFileAttributeView("posix"),
                "skipped: this file system has no owners");
    }

    private void use(DatabaseConfig config, Runnable whileOpen) {
        try (Database database = Database.openExclusive(config)) {
            database.migrate("trial", "trial", getClass().getClassLoader());
            database.transact(connection -> {
                try (Statement statement = connection.createStatement()) {
                    return statement.executeUpdate("insert or ignore into trial values (1)");
                }
            });
            whileOpen.run();
        }
    }

    private Map<String, String> modes() {
        Map<String, String> modes = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                modes.put(
                        file.getFileName().toString(),
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return modes;
    }

    @Test
    void newFilesAreForTheirOwnerAlone() {
        use(
                DatabaseConfig.of("sqlite:" + folder.resolve("app.db")),
                () -> assertThat(modes())
                        .containsKeys("app.db", "app.db-wal", "app.db-shm", "app.db.lock", "app.db.migrating")
                        .values()
                        .containsOnly("rw-------"));
    }

    @Test
    void widerFilesAreNarrowed() throws IOException {
        Path file = folder.resolve("app.db");
        DatabaseConfig config = DatabaseConfig.of("sqlite:" + file);
        use(config, () -> {});
        for (String name : modes().keySet()) {
            Files.setPosixFilePermissions(folder.resolve(name), PosixFilePermissions.fromString("rw-r--r--"));
        }
        Path link = Files.createSymbolicLink(folder.resolve("link.db"), file);
        use(
                DatabaseConfig.of("sqlite:" + link),
                () -> assertThat(modes())
                        .containsEntry("app.db", "rw-------")
                        .containsEntry("app.db-wal", "rw-------")
                        .containsEntry("app.db.lock", "rw-------"));
    }

    @Test
    void linkToAFileThatIsNotThereYetMakesThatFile() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link.db"), Path.of("app.db"));
        use(
                DatabaseConfig.of("sqlite:" + link),
                () -> assertThat(modes()).containsEntry("app.db", "rw-------").containsKey("app.db.lock"));
    }
}
