package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
    @TempDir
    Path folder;

    private DatabaseConfig sqlite() {
        return DatabaseConfig.of("sqlite:" + folder.resolve("new/folder/app.db"));
    }

    private static DatabaseConfig postgresql() {
        return DatabaseConfig.of(RealPostgres.shared().freshDatabase());
    }

    private static Database migrated(DatabaseConfig config) {
        Database database = Database.open(config);
        database.migrate("trial", "trial", DatabaseTest.class.getClassLoader());
        return database;
    }

    private static int execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    private static long one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static long count(Database database) {
        return database.read(connection -> one(connection, "select count(*) from trial"));
    }

    @Test
    void concurrentMigrationsRunOnce() throws Exception {
        for (DatabaseConfig config : List.of(sqlite(), postgresql())) {
            List<Future<?>> migrations = new ArrayList<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
                for (int i = 0; i < 4; i++) {
                    migrations.add(threads.submit(() -> migrated(config).close()));
                }
                for (Future<?> migration : migrations) {
                    migration.get();
                }
            }
            try (Database database = migrated(config)) {
                assertThat(count(database)).isZero();
            }
        }
    }

    /** SQLite refuses to switch such a file to write-ahead logging at once, whatever the busy timeout. */
    @Test
    void aSqliteFileWithARollbackJournalIsOpenedWhenItsWriterIsDone() throws Exception {
        DatabaseConfig config = DatabaseConfig.of("sqlite:" + folder.resolve("rollback.db"));
        try (Connection writer = DriverManager.getConnection(config.url());
                ExecutorService threads = Executors.newSingleThreadExecutor()) {
            execute(writer, "create table trial (id integer primary key)");
            execute(writer, "begin immediate");
            Future<Long> opened = threads.submit(() -> {
                try (Database database = Database.open(config)) {
                    return count(database);
                }
            });
            await().during(Duration.ofMillis(200)).until(() -> !opened.isDone());
            execute(writer, "insert into trial values (1)");
            execute(writer, "commit");
            assertThat(opened.get()).isEqualTo(1);
        }
    }

    @Test
    void moduleThatIsNotThereIsNamed() {
        try (Database database = Database.open(sqlite())) {
            assertThatExceptionOfType(DatabaseException.class)
                    .isThrownBy(() -> database.migrate("absent", "absent", DatabaseTest.class.getClassLoader()))
                    .withMessageContaining("absent");
        }
    }

    @Test
    void sqliteIsDurableAndStrict() {
        try (Database database = migrated(sqlite())) {
            for (String pragma : List.of("journal_mode=wal", "synchronous=2", "foreign_keys=1", "busy_timeout=5000")) {
                String[] parts = pragma.split("=", 2);
                String value = database.transact(connection -> {
                    try (Statement statement = connection.createStatement();
                            ResultSet row = statement.executeQuery("pragma " + parts[0])) {
                        row.next();
                        return row.getString(1);
                    }
                });
                assertThat(value).as(parts[0]).isEqualTo(parts[1]);
            }
        }
    }

    @Test
    void twoProcessesOnOneSqliteFileWaitForEachOther() throws Exception {
        DatabaseConfig config = sqlite();
        try (Database one = migrated(config);
                Database two = migrated(config);
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            CyclicBarrier both = new CyclicBarrier(2);
            List<Future<?>> writers = new ArrayList<>();
            for (Database database : List.of(one, two)) {
                int offset = database == one ? 0 : 1_000;
                writers.add(threads.submit(() -> {
                    both.await();
                    for (int i = 0; i < 50; i++) {
                        int n = offset + i;
                        database.transact(connection -> {
                            // Had it begun as a reader, it could not write once another has: its snapshot is old.
                            one(connection, "select count(*) from trial");
                            return execute(connection, "insert into trial values (" + n + ")");
                        });
                    }
                    return null;
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            assertThat(count(one)).isEqualTo(100);
        }
    }

    @Test
    void fileThatAnotherHoldsIsUnavailable() throws Exception {
        DatabaseConfig patient = sqlite();
        DatabaseConfig impatient =
                DatabaseConfig.of("sqlite", patient.url().substring("jdbc:sqlite:".length()) + "?_busy_timeout=50");
        try (Database one = migrated(patient);
                Database two = Database.open(impatient);
                Connection writing = one.dataSource().getConnection()) {
            writing.setAutoCommit(false);
            execute(writing, "insert into trial values (1)");
            assertThatExceptionOfType(DatabaseUnavailableException.class)
                    .isThrownBy(() -> two.transact(connection -> execute(connection, "insert into trial values (2)")));
            writing.rollback();
            writing.setAutoCommit(true);
            two.transact(connection -> execute(connection, "insert into trial values (2)"));
            assertThat(count(one)).isEqualTo(1);
        }
    }

    @Test
    void fileThatCannotBeWrittenIsNamed() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatExceptionOfType(DatabaseException.class)
                .isThrownBy(() -> Database.open(DatabaseConfig.of("sqlite:" + file.resolve("below.db"))))
                .withMessageContaining("below.db");
        assertThatExceptionOfType(DatabaseException.class)
                .isThrownBy(() -> Database.open(DatabaseConfig.of("sqlite:" + folder)))
                .withMessageContaining("cannot be written");
    }

    @Test
    void fileThatIsNoDatabaseIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file.db"), "This is no database. ".repeat(100));
        assertThatExceptionOfType(DatabaseException.class)
                .isThrownBy(() -> migrated(DatabaseConfig.of("sqlite:" + file)))
                .withMessageContaining("file.db");
    }

    @Test
    void unreachableServerIsUnavailable() {
        DatabaseConfig config =
                DatabaseConfig.of("postgresql://u:hunter2@127.0.0.1:1/app").withConnectTimeout(Duration.ofMillis(500));
        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .isThrownBy(() -> Database.open(config))
                .withMessageContaining("127.0.0.1:1")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
    }

    @Test
    void missingDatabaseIsARefusal() {
        String url = RealPostgres.shared().freshDatabase().replaceFirst("test_", "absent_");
        assertThatExceptionOfType(DatabaseException.class)
                .isThrownBy(() -> Database.open(DatabaseConfig.of(url).withConnectTimeout(Duration.ofSeconds(1))))
                .isNotInstanceOf(DatabaseUnavailableException.class)
                .withMessageContaining("does not exist");
    }

    @Test
    void moduleWithoutTablesForTheDatabaseIsNamed() {
        try (Database database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("file.db")))) {
            assertThatExceptionOfType(DatabaseException.class)
                    .isThrownBy(() -> database.migrate(
                            "elsewhere", "elsewhere", getClass().getClassLoader()))
                    .withMessageContaining("module elsewhere has no tables for sqlite")
                    .withMessageContaining("It has them for postgresql: keep its data in one of these");
        }
    }

    @Test
    void healthFollowsTheServer() {
        RealPostgres server = RealPostgres.shared();
        try (FaultProxy proxy = FaultProxy.before(server.port());
                Database database =
                        Database.open(DatabaseConfig.of(RealPostgres.through(proxy.port(), server.freshDatabase()))
                                .withConnectTimeout(Duration.ofSeconds(1)))) {
            assertThat(database.health()).isEmpty();
            proxy.cut();
            assertThat(database.health()).containsInstanceOf(DatabaseUnavailableException.class);
            proxy.heal();
            assertThat(database.health()).isEmpty();
        }
    }

    @Test
    void clockTellsTheDatabasesTime() {
        try (Database database = Database.open(postgresql())) {
            assertThat(Duration.between(database.clock().instant(), Instant.now())
                            .abs())
                    .isLessThan(Duration.ofSeconds(1));
            database.clock().observe(Instant.parse("2030-01-01T00:00:00Z"), System.nanoTime(), System.nanoTime());
            assertThat(database.clock().instant()).isAfterOrEqualTo(Instant.parse("2030-01-01T00:00:00Z"));
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(
                            () -> { // A slow answer is passed over.
                                assertThat(database.health()).isEmpty();
                                assertThat(database.clock().instant()).isBefore(Instant.parse("2030-01-01T00:00:00Z"));
                            });
            assertThat(database.clock().age()).isLessThan(Duration.ofSeconds(30));
        }
    }
}
