package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.testing.services.RealMariaDb;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A claim whose client gave up, while the server still works on it. */
class TombstoneTest {
    @Nested
    class OnPostgres extends Contract {
        @Override
        String freshDatabase() {
            return RealPostgres.shared().freshDatabase();
        }

        @Override
        void lockTickets(Connection locking) throws SQLException {
            locking.setAutoCommit(false);
            execute(locking, "lock table delivery_ready in access exclusive mode");
        }

        @Override
        void unlockTickets(Connection locking) throws SQLException {
            locking.commit();
        }

        @Override
        String waiting() {
            return "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        }
    }

    @Nested
    class OnMariaDb extends Contract {
        @Override
        String freshDatabase() {
            return RealMariaDb.shared().freshDatabase();
        }

        @Override
        void lockTickets(Connection locking) throws SQLException {
            execute(locking, "lock tables delivery_ready write");
        }

        @Override
        void unlockTickets(Connection locking) throws SQLException {
            execute(locking, "unlock tables");
        }

        @Override
        String waiting() {
            return "select count(*) from information_schema.processlist where db = database() and state like 'Waiting for%lock%'";
        }
    }

    abstract static class Contract {
        private static final Store.Rescuer RELEASING = orphan -> {
            throw new AssertionError("nothing was claimed");
        };

        private static final long LENGTH = Micros.of(Duration.ofSeconds(20));

        abstract String freshDatabase();

        /** Has claims wait until they are unlocked. */
        abstract void lockTickets(Connection locking) throws SQLException;

        abstract void unlockTickets(Connection locking) throws SQLException;

        /** Counts the statements that wait for a lock. */
        abstract String waiting();

        private final UUID lease = UUID.randomUUID();
        private Database database;
        private JdbcQueue queue;

        @BeforeEach
        void open() {
            database = Database.open(DatabaseConfig.of(freshDatabase()));
            queue = JdbcQueue.open(database, Time.of(InstantSource.system()), BodyProtection.NONE);
            queue.enqueue(Reach.to("sms:+61400000000").body("x").build());
        }

        @AfterEach
        void close() {
            database.close();
        }

        private List<Claimed> claim(UUID as) {
            long now = queue.time().now();
            LaneLimits free = ClusterLimits.NONE.of(Channel.SMS);
            return queue.store().claim(new Store.Claim(Channel.SMS, 10, free, as, "a", LENGTH), new long[10], now);
        }

        private int giveBack() {
            return queue.store().giveBack(lease, Channel.SMS, queue.time().now(), 0, RELEASING);
        }

        @Test
        void claimThatCommitsAfterItWasGivenUpTakesNothing() throws Exception {
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                    Connection locking = database.dataSource().getConnection()) {
                lockTickets(locking);
                Future<List<Claimed>> late = threads.submit(() -> claim(lease));
                await().atMost(Duration.ofSeconds(30)).until(this::waitsForTheLock);

                assertThat(giveBack()).isZero();
                unlockTickets(locking);
                assertThatThrownBy(late::get)
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(DatabaseException.class);
                assertThat(claim(UUID.randomUUID())).hasSize(1);
            }
        }

        @Test
        void tombstoneStaysWhereItIsLaidTwice() {
            assertThat(giveBack()).isZero();
            assertThat(giveBack()).isZero();
            assertThatThrownBy(() -> claim(lease)).isInstanceOf(DatabaseException.class);
        }

        @Test
        void tombstoneGoesWithTheExpiredLeases() {
            giveBack();
            long later = queue.time().now() + Micros.of(Duration.ofHours(2));
            assertThat(queue.store().rescue(List.of(Channel.SMS), later, 10, 0, RELEASING))
                    .isZero();
            assertThat(claim(lease)).hasSize(1);
        }

        static void execute(Connection connection, String sql) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        private boolean waitsForTheLock() {
            return database.autoCommit(connection -> {
                try (Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery(waiting())) {
                    row.next();
                    return row.getInt(1) > 0;
                }
            });
        }
    }
}
