package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every database does alike. Each test gets a new, empty one. */
@Timeout(120)
abstract class DatabaseContract {
    private static final String EMOJI = "🚕 für Łódź, 你好";

    abstract DatabaseConfig newDatabase();

    private Database migrated() {
        return migrated(newDatabase());
    }

    private static Database migrated(DatabaseConfig config) {
        Database database = Database.open(config);
        database.migrate("trial", "trial", DatabaseContract.class.getClassLoader());
        return database;
    }

    static int execute(Connection connection, String sql) throws SQLException {
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
    void transactionsCommitAndRollBack() {
        try (Database database = migrated()) {
            database.transact(connection -> execute(connection, "insert into trial values (1)"));
            assertThatThrownBy(() -> database.transact(connection -> {
                        execute(connection, "insert into trial values (2)");
                        throw new IllegalStateException("no");
                    }))
                    .hasMessage("no");
            assertThat(count(database)).isEqualTo(1);
        }
    }

    @Test
    void violationIsARefusal() {
        try (Database database = migrated()) {
            assertThatExceptionOfType(DatabaseException.class)
                    .isThrownBy(() ->
                            database.transact(connection -> execute(connection, "insert into trial values (1), (1)")))
                    .isNotInstanceOf(DatabaseUnavailableException.class)
                    .withMessageContaining("refused");
        }
    }

    @Test
    void readingSeesOneSnapshot() {
        try (Database database = migrated()) {
            database.read(connection -> {
                long before = one(connection, "select count(*) from trial");
                database.transact(other -> execute(other, "insert into trial values (1)"));
                assertThat(one(connection, "select count(*) from trial")).isEqualTo(before);
                return before;
            });
            assertThat(count(database)).isEqualTo(1);
        }
    }

    @Test
    void readingCannotWrite() {
        Assumptions.assumeTrue(
                newDatabase().dialect() != Dialect.SQLSERVER, "skipped: SQL Server has no transactions that only read");
        try (Database database = migrated()) {
            assertThatThrownBy(() -> database.read(connection -> execute(connection, "insert into trial values (1)")))
                    .isInstanceOf(DatabaseException.class);
            database.autoCommit(connection -> execute(connection, "insert into trial values (1)"));
            assertThat(count(database)).isEqualTo(1);
        }
    }

    @Test
    void everyTextCanBeKept() {
        try (Database database = migrated()) {
            database.transact(connection -> {
                try (PreparedStatement insert = connection.prepareStatement("insert into trial_text values (?)")) {
                    insert.setString(1, EMOJI);
                    return insert.executeUpdate();
                }
            });
            String found = database.read(connection -> {
                try (Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery("select body from trial_text")) {
                    row.next();
                    return row.getString(1);
                }
            });
            assertThat(found).isEqualTo(EMOJI);
        }
    }

    /** Two transactions that lock two rows in opposite order: the one that loses is run again. */
    @Test
    void deadlockIsRunAgain() throws Exception {
        assertDeadlockIsRunAgain(work -> work);
    }

    @Test
    void deadlockThatALibraryWrapsIsRunAgain() throws Exception {
        assertDeadlockIsRunAgain(work -> connection -> {
            try {
                return work.run(connection);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void assertDeadlockIsRunAgain(UnaryOperator<Work<Integer>> library) throws Exception {
        DatabaseConfig config = newDatabase();
        Assumptions.assumeTrue(
                config.dialect() != Dialect.SQLITE, "skipped: SQLite's one writer locks everything at once");
        try (Database database = migrated(config);
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            database.transact(connection -> execute(connection, "insert into trial values (10), (20)"));
            CyclicBarrier both = new CyclicBarrier(2);
            AtomicInteger runs = new AtomicInteger();
            List<Future<Integer>> ends = new ArrayList<>();
            for (int[] order : new int[][] {{10, 20}, {20, 10}}) {
                boolean[] met = {false};
                ends.add(threads.submit(() -> database.transact(library.apply(connection -> {
                    runs.incrementAndGet();
                    execute(connection, "update trial set n = n where n = " + order[0]);
                    if (!met[0]) {
                        met[0] = true;
                        meet(both);
                    }
                    return execute(connection, "update trial set n = n where n = " + order[1]);
                }))));
            }
            for (Future<Integer> end : ends) {
                assertThat(end.get(100, TimeUnit.SECONDS)).isNotNegative();
            }
            assertThat(runs.get()).isGreaterThan(2);
        }
    }

    private static void meet(CyclicBarrier both) {
        try {
            both.await(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("the other did not come", e);
        }
    }

    @Test
    void aReadThatReadsNothingLeavesItsConnectionToThoseThatWrite() {
        try (Database database = migrated()) {
            for (int i = 0; i < 20; i++) { // more than there are connections
                assertThat(database.<Boolean>read(Connection::isClosed)).isFalse();
            }

            assertThat(database.<Integer>transact(connection -> execute(connection, "insert into trial values (1)")))
                    .isEqualTo(1);
        }
    }

    @Test
    void migrationsRunOnce() {
        DatabaseConfig config = newDatabase();
        for (int i = 0; i < 2; i++) {
            try (Database database = migrated(config)) {
                assertThat(count(database)).isZero();
                assertThat(database.migrations("trial", "trial", getClass().getClassLoader()))
                        .singleElement()
                        .satisfies(migration -> {
                            assertThat(migration.version()).isEqualTo("1");
                            assertThat(migration.appliedAt()).isPresent();
                        });
            }
        }
    }

    private static void migrate(Database database, String folder) {
        database.migrate("trial", folder, DatabaseContract.class.getClassLoader());
    }

    private static List<Migration> history(Database database, String folder) {
        return database.migrations("trial", folder, DatabaseContract.class.getClassLoader());
    }

    private Database given(String folder) {
        Assumptions.assumeTrue(
                newDatabase().dialect() != Dialect.SQLSERVER,
                "skipped: these scripts are for the databases of every build");
        Database database = Database.open(newDatabase());
        migrate(database, folder);
        return database;
    }

    @Test
    void pendingMigrationsAreListedWithTheirSqlAndNotRun() {
        try (Database database = given("trial")) {
            assertThat(history(database, "trial_minor"))
                    .satisfiesExactly(applied -> assertThat(applied.appliedAt()).isPresent(), pending -> {
                        assertThat(pending.version()).isEqualTo("1.1");
                        assertThat(pending.appliedAt()).isEmpty();
                        assertThat(pending.problem()).isEmpty();
                        assertThat(pending.sql()).contains("create table trial_more");
                    });
            assertThatExceptionOfType(DatabaseException.class)
                    .isThrownBy(() -> database.read(connection -> one(connection, "select count(*) from trial_more")));
        }
    }

    /** As in a rolling upgrade: nodes of the older program start while the newer one has changed the tables. */
    @Test
    void olderProgramWorksWithTablesThatOnlyGrew() {
        try (Database database = given("trial_minor")) {
            migrate(database, "trial");
            assertThat(history(database, "trial"))
                    .isNotEmpty()
                    .allSatisfy(migration -> assertThat(migration.problem()).isEmpty());
            database.transact(connection -> execute(connection, "insert into trial values (1)"));
        }
    }

    @Test
    void olderProgramRefusesTablesThatItDoesNotUnderstand() {
        try (Database database = given("trial_major")) {
            assertThatExceptionOfType(DatabaseException.class)
                    .isThrownBy(() -> migrate(database, "trial"))
                    .withMessageContaining("trial")
                    .withMessageContaining("version 2")
                    .withMessageContaining("it knows version 1");
            assertThat(history(database, "trial").getLast().problem()).isPresent();
        }
    }

    @Test
    void scriptThatWasChangedIsRefused() {
        try (Database database = given("trial")) {
            assertThatExceptionOfType(DatabaseException.class).isThrownBy(() -> migrate(database, "trial_changed"));
            assertThat(history(database, "trial_changed").getLast().problem())
                    .hasValueSatisfying(problem -> assertThat(problem).contains("was changed"));
        }
    }

    private static boolean isComplete(Database database, String folder) {
        var migrations = new Migrations(database.config(), "trial", folder, DatabaseContract.class.getClassLoader());
        return database.read(migrations::areComplete);
    }

    @Test
    void onlyTablesWithEachScriptAsItIsAreComplete() {
        try (Database database = Database.open(newDatabase())) {
            assertThat(isComplete(database, "trial")).isFalse();

            migrate(database, "trial");

            assertThat(isComplete(database, "trial")).isTrue();
            database.transact(connection -> execute(connection, "update trial_schema set checksum = checksum + 1"));
            assertThat(isComplete(database, "trial")).isFalse();
        }
    }

    @Test
    void tablesOfAnotherVersionAreNotComplete() {
        try (Database database = given("trial")) {
            assertThat(isComplete(database, "trial_minor")).isFalse();
            assertThat(isComplete(database, "trial_changed")).isFalse();

            migrate(database, "trial_minor");

            assertThat(isComplete(database, "trial_minor")).isTrue();
            assertThat(isComplete(database, "trial")).isFalse();
        }
    }

    @Test
    void startsWithNothingToMigrateDoNotWaitForOneThatMigrates() throws Exception {
        try (Database database = migrated();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            Future<?> other = threads.submit(() -> MigrationLock.alone(database.config(), () -> {
                held.countDown();
                await(release);
            }));
            try {
                await(held);

                Future<?> start = threads.submit(() -> migrate(database, "trial"));

                assertThat(start).succeedsWithin(Duration.ofMinutes(1));
                assertThat(other).isNotDone();
            } finally {
                release.countDown();
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(90, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void clockTellsItsTime() {
        try (Database database = Database.open(newDatabase())) {
            assertThat(Duration.between(database.clock().instant(), Instant.now())
                            .abs())
                    .isLessThan(Duration.ofSeconds(5));
            assertThat(database.health()).isEmpty();
            assertThat(database.clock().age()).isLessThan(Duration.ofSeconds(30));
        }
    }

    @Test
    void workApartIsDone() {
        try (Database database = migrated();
                Database apart = database.apart("dispatcher", 2, Duration.ofSeconds(6))) {
            apart.transact(connection -> execute(connection, "insert into trial values (1)"));
            assertThat(count(apart)).isEqualTo(1);
            assertThat(count(database)).isEqualTo(1);
        }
    }
}
