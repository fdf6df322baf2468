package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryReceipt;
import dev.signalbox.delivery.queue.DeliveryReceipt.Status;
import dev.signalbox.delivery.queue.DeliveryReceipts;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.testing.services.RealMariaDb;
import dev.signalbox.testing.services.RealPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receipts on each database. */
class DeliveryReceiptsTest {
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");

    abstract static class Contract {
        Database database;
        DeliveryReceipts receipts;
        UUID message;

        abstract DatabaseConfig newDatabase();

        @BeforeEach
        void enqueue() {
            database = Database.open(newDatabase());
            DeliveryQueue queue = DeliveryQueue.on(database);
            receipts = DeliveryReceipts.on(database);
            message = queue.enqueue(
                            Reach.to(Channel.SMS, "+61491570006").body("Hello").build())
                    .id();
        }

        @AfterEach
        void close() {
            database.close();
        }

        final DeliveryReceipt receipt(String suffix, String providerId, Status status) {
            return DeliveryReceipt.of(message + suffix, providerId, status, Optional.of(status + " 0"), AT)
                    .orElseThrow();
        }

        @Test
        void theHighestStaysWhateverTheOrder() {
            assertThat(receipts.of(message)).isEmpty();
            assertThat(receipts.record(receipt("", "a", Status.SENT))).isTrue();
            assertThat(receipts.record(receipt("", "a", Status.BUFFERED))).isFalse();
            assertThat(receipts.record(receipt("", "a", Status.UNDELIVERED))).isTrue();
            assertThat(receipts.record(receipt("", "a", Status.DELIVERED))).isTrue();
            assertThat(receipts.record(receipt("", "a", Status.DELIVERED)))
                    .as("repeated")
                    .isFalse();
            assertThat(receipts.record(receipt("", "a", Status.SENT))).isFalse();
            assertThat(receipts.of(message)).containsExactly(receipt("", "a", Status.DELIVERED));
        }

        @Test
        void stepsAndPartsHaveTheirOwn() {
            receipts.record(receipt(".1.r2", "b", Status.SENT));
            receipts.record(receipt("", "a", Status.DELIVERED));
            receipts.record(receipt(".p2", "a2", Status.UNDELIVERED));
            assertThat(receipts.of(message))
                    .extracting(DeliveryReceipt::step, DeliveryReceipt::providerId)
                    .containsExactlyInAnyOrder(tuple(0, "a"), tuple(0, "a2"), tuple(1, "b"));
        }

        @Test
        void ofAMessageThatIsNotThereNothingIsKept() {
            UUID other = UUID.randomUUID();
            DeliveryReceipt stray = DeliveryReceipt.of(other.toString(), "a", Status.SENT, Optional.empty(), AT)
                    .orElseThrow();
            assertThat(receipts.record(stray)).isFalse();
            assertThat(receipts.of(other)).isEmpty();
            for (String none : List.of("", "x", other + "x", other + ".9", other + ".", "0".repeat(36))) {
                assertThat(DeliveryReceipt.of(none, "a", Status.SENT, Optional.empty(), AT))
                        .as(none)
                        .isEmpty();
            }
            assertThat(DeliveryReceipt.of(other.toString(), "", Status.SENT, Optional.empty(), AT))
                    .isEmpty();
        }

        @Test
        void ofTwoAtOnceTheHigherStays() throws Exception {
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 30; i++) {
                    String providerId = "id" + i;
                    var together = new CyclicBarrier(2);
                    List<Callable<Boolean>> both = List.of(
                            () -> record(together, receipt("", providerId, Status.DELIVERED)),
                            () -> record(together, receipt("", providerId, Status.SENT)));
                    for (Future<Boolean> done : threads.invokeAll(both)) {
                        done.get();
                    }
                }
            }
            assertThat(receipts.of(message)).hasSize(30).allMatch(receipt -> receipt.status() == Status.DELIVERED);
        }

        private boolean record(CyclicBarrier together, DeliveryReceipt receipt) throws Exception {
            together.await();
            return receipts.record(receipt);
        }
    }

    @Nested
    class OnSqlite extends Contract {
        @TempDir
        private Path folder;

        @Override
        DatabaseConfig newDatabase() {
            return DatabaseConfig.of("sqlite:" + folder.resolve("receipts.db"));
        }
    }

    @Nested
    class OnMariaDb extends Contract {
        private static String url = "";

        @BeforeAll
        static void makeDatabase() {
            url = RealMariaDb.shared().freshDatabase();
        }

        @Override
        DatabaseConfig newDatabase() {
            return DatabaseConfig.of(url);
        }
    }

    @Nested
    class OnSqlServer extends Contract {
        @Override
        DatabaseConfig newDatabase() {
            return QueueTables.emptied(SqlServer.config());
        }
    }

    @Nested
    class OnPostgres extends Contract {
        private static String url = "";

        @BeforeAll
        static void makeDatabase() {
            url = RealPostgres.shared().freshDatabase();
        }

        @Override
        DatabaseConfig newDatabase() {
            return DatabaseConfig.of(url);
        }

        @Test
        void ofAMessageThatIsBeingRemovedNothingIsKept() throws Exception {
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Boolean> recorded = database.transact(connection -> {
                    try (var remove = connection.prepareStatement("delete from delivery_message where id = ?")) {
                        remove.setObject(1, message);
                        assertThat(remove.executeUpdate()).isEqualTo(1);
                    }
                    Future<Boolean> recording =
                            threads.submit(() -> receipts.record(receipt("", "a", Status.DELIVERED)));
                    await().atMost(Duration.ofSeconds(60)).until(this::somebodyWaits);
                    return recording;
                });
                assertThat(recorded.get()).isFalse();
            }
            assertThat(receipts.of(message)).isEmpty();
        }

        private boolean somebodyWaits() {
            return database.read(connection -> {
                try (var statement = connection.createStatement();
                        var row = statement.executeQuery("select exists (select from pg_stat_activity"
                                + " where datname = current_database() and wait_event_type = 'Lock')")) {
                    row.next();
                    return row.getBoolean(1);
                }
            });
        }
    }
}
