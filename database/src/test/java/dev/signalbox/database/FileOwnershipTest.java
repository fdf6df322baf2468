package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One server a SQLite file. */
class FileOwnershipTest {
    @TempDir
    Path folder;

    private DatabaseConfig config() {
        return config(folder.resolve("app.db"));
    }

    private static DatabaseConfig config(Path file) {
        return DatabaseConfig.of("sqlite:" + file);
    }

    /** A server in a process of its own: opens the database, says so, and holds it until its input ends. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            try (Database database = Database.openExclusive(config(Path.of(arguments[0])))) {
                System.out.println("holds " + database.config().place());
                System.in.transferTo(System.out);
            }
        }
    }

    private static Process holder(Path file) throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        while (line != null && !line.startsWith("holds ")) {
            line = output.readLine();
        }
        assertThat(line).isNotNull();
        return process;
    }

    private static void refused(DatabaseConfig config, String holder) {
        assertThatExceptionOfType(DatabaseInUseException.class)
                .isThrownBy(() -> Database.openExclusive(config))
                .withMessageContaining("app.db")
                .withMessageContaining(holder)
                .withMessageContaining("PostgreSQL for several nodes");
    }

    @Test
    void secondServerInOneProcessIsRefusedUntilTheFirstEnds() {
        try (Database first = Database.openExclusive(config())) {
            refused(config(), "process " + ProcessHandle.current().pid());
            refused(config(), "this process"); // The first refusal did not give the lock up.
            assertThat(first.health()).isEmpty();
        }
        try (Database next = Database.openExclusive(config())) {
            assertThat(next.health()).isEmpty();
        }
    }

    @Test
    void theSameFileByAnotherPathIsRefused() throws Exception {
        Path file = folder.resolve("app.db");
        try (Database first = Database.openExclusive(config(file))) {
            Path link = Files.createSymbolicLink(folder.resolve("link.db"), file);
            Path folderLink = Files.createSymbolicLink(folder.resolve("elsewhere"), folder);
            Path relative = Path.of("").toAbsolutePath().relativize(file);
            refused(config(link), "this process");
            refused(config(folderLink.resolve("app.db")), "this process");
            refused(config(relative), "this process");
            refused(config(folder.resolve("../" + folder.getFileName() + "/app.db")), "this process");
            assertThat(first.health()).isEmpty();
        }
    }

    @Test
    void whoOnlyLooksIsLetIn() {
        try (Database server = Database.openExclusive(config());
                Database visitor = Database.open(config())) {
            assertThat(visitor.migrations("trial", "trial", getClass().getClassLoader()))
                    .hasSize(1);
            assertThat(server.health()).isEmpty();
        }
    }

    @Test
    void failedOpeningGivesTheFileBack() throws Exception {
        Path file = Files.writeString(folder.resolve("app.db"), "This is no database. ".repeat(100));
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(DatabaseException.class)
                    .isThrownBy(() -> Database.openExclusive(config(file)))
                    .isNotInstanceOf(DatabaseInUseException.class);
        }
    }

    @Test
    void otherProcessIsNamedAndItsKillFreesTheFile() throws Exception {
        Path file = folder.resolve("app.db");
        Process holder = holder(file);
        try {
            refused(config(file), "process " + holder.pid() + " on ");
        } finally {
            holder.destroyForcibly();
            assertThat(holder.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        try (Database next = Database.openExclusive(config(file))) {
            assertThat(next.health()).isEmpty();
        }
    }
}
