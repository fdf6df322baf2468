package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.services.RealPostgres;
import java.io.File;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes that start at once and bring the same database up to date. */
class MigrationProcessesTest {
    private static final int PROCESSES = 3;

    @TempDir
    Path folder;

    /** A process of its own: waits for the word, then migrates two modules in the order of its argument. */
    static final class Migrator {
        private Migrator() {}

        public static void main(String[] arguments) throws Exception {
            try (Database database = Database.open(DatabaseConfig.of(arguments[0]))) {
                System.out.println("ready");
                System.in.read();
                for (int i = 1; i < arguments.length; i++) {
                    database.migrate(arguments[i], arguments[i], Migrator.class.getClassLoader());
                }
                System.out.println("done");
            }
        }
    }

    private Process start(String url, String... modules) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Migrator.class.getName(),
                url));
        command.addAll(List.of(modules));
        return new ProcessBuilder(command)
                .redirectError(new File(folder.toFile(), "errors-" + System.nanoTime()))
                .start();
    }

    private static boolean says(Process process, String word) throws Exception {
        String line = process.inputReader().readLine();
        while (line != null && !line.equals(word)) {
            line = process.inputReader().readLine();
        }
        return line != null;
    }

    private void together(String url) throws Exception {
        List<Process> processes = new ArrayList<>();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                processes.add(i % 2 == 0 ? start(url, "slow", "trial") : start(url, "trial", "slow"));
            }
            for (Process process : processes) {
                assertThat(says(process, "ready")).isTrue();
            }
            for (Process process : processes) {
                process.outputWriter().write("go\n");
                process.outputWriter().flush();
            }
            for (Process process : processes) {
                assertThat(says(process, "done")).isTrue();
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isZero();
            }
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
    }

    private static long count(Database database, String sql) {
        return database.read(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    @Test
    void onPostgresqlOneWorksAtATime() throws Exception {
        String url = RealPostgres.shared().freshDatabase();
        together(url);
        try (Database database = Database.open(DatabaseConfig.of(url))) {
            assertThat(count(database, "select count(*) from trial")).isZero();
            assertThat(count(database, "select count(*) from slow")).isEqualTo(1);
            // While the script ran, it looked several times who else held a lock on a table of this database.
            assertThat(count(database, "select others from slow")).isZero();
        }
    }

    @Test
    void onSqliteOneWorksAtATime() throws Exception {
        String url = "sqlite:" + folder.resolve("app.db");
        together(url);
        try (Database database = Database.open(DatabaseConfig.of(url))) {
            assertThat(count(database, "select count(*) from trial")).isZero();
            assertThat(count(database, "select count(*) from slow")).isEqualTo(1);
        }
    }
}
