package dev.signalbox.delivery.queue;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.testing.services.RealMariaDb;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * A node that recovers and gave its first call up, while the server still works on it. What the node claims after its second
 * call is not for the first one to end: the node sends it, and another would send it again.
 */
class RepeatedRecoveryTest {
    @Nested
    class OnPostgres extends Contract {
        @Override
        String freshDatabase() {
            return RealPostgres.shared().freshDatabase();
        }

        @Override
        String waiting() {
            return "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type ="
                    + " 'Lock'";
        }
    }

    @Nested
    class OnMariaDb extends Contract {
        @Override
        String freshDatabase() {
            return RealMariaDb.shared().freshDatabase();
        }

        @Override
        String waiting() {
            return """
                select count(*) from information_schema.innodb_trx t
                join information_schema.processlist p on p.id = t.trx_mysql_thread_id
                where p.db = database() and t.trx_state = 'LOCK WAIT'
                """;
        }
    }

    abstract static class Contract {
        private static final String OWNER = "a";
        private static final long LENGTH = Micros.of(Duration.ofSeconds(60));
        private static final int PATIENCE = 30;

        private final Rules rules = new Rules(Retry.DEFAULT, RandomGenerator.getDefault());
        private Database database;
        private JdbcQueue queue;

        abstract String freshDatabase();

        /** Counts the statements that wait for a lock. */
        abstract String waiting();

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

        private List<Claimed> claim() {
            LaneLimits free = ClusterLimits.NONE.of(Channel.SMS);
            Store.Claim claim = new Store.Claim(Channel.SMS, 10, free, UUID.randomUUID(), OWNER, LENGTH);
            return queue.store().claim(claim, new long[10], queue.time().now());
        }

        private int recover(Store.Rescuer rescuer) {
            return queue.store().recover(OWNER, queue.time().now(), 0, rescuer);
        }

        private Verdict released(Store.Orphan orphan) {
            return rules.released(orphan.claimed(), queue.time().now());
        }

        @Test
        void waitsUntilTheFirstIsOver() throws Exception {
            assertThat(claim()).hasSize(1);
            CompletableFuture<Store.Orphan> found = new CompletableFuture<>();
            CompletableFuture<Verdict> decision = new CompletableFuture<Verdict>().orTimeout(2 * PATIENCE, SECONDS);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Integer> first = threads.submit(() -> recover(orphan -> {
                    found.complete(orphan);
                    return decision.join();
                }));
                Store.Orphan orphan = found.get(PATIENCE, SECONDS);
                Future<Integer> second = threads.submit(() -> recover(this::released));
                await().atMost(Duration.ofSeconds(PATIENCE)).until(this::oneWaitsForALock);

                decision.complete(released(orphan));
                assertThat(second.get(PATIENCE, SECONDS)).isZero();
                assertThat(claim()).hasSize(1);
                assertThat(first.get(PATIENCE, SECONDS)).isOne();
                List<UUID> held = database.read(connection -> queue.store().leased(connection, 10));
                assertThat(held).containsExactly(orphan.claimed().ticket().id());
            }
        }

        private boolean oneWaitsForALock() {
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
