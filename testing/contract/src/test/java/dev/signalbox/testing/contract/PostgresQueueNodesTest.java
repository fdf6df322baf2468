package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import dev.signalbox.delivery.queue.DispatchOptions;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What only PostgreSQL does: telling other nodes. */
class PostgresQueueNodesTest {
    /** Less than a poll, so that only a notification can be the reason. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final DispatchOptions UNHURRIED = DispatchOptions.DEFAULT.withPoll(Duration.ofMinutes(1));

    private final ScriptedSender sms = ScriptedSender.of(Channel.SMS);
    /** Counts the requests of the other node. */
    private FaultProxy proxy;

    private Database here;
    private Database there;
    private DeliveryQueue queue;
    private DeliveryQueue remote;

    @BeforeEach
    void open() {
        RealPostgres server = RealPostgres.shared();
        String url = server.freshDatabase();
        proxy = FaultProxy.before(server.port());
        here = Database.open(DatabaseConfig.of(url));
        there = Database.open(DatabaseConfig.of(RealPostgres.through(proxy.port(), url)));
        queue = DeliveryQueue.on(here);
        remote = DeliveryQueue.on(there);
    }

    @AfterEach
    void closeAndAudit() {
        there.close();
        proxy.close();
        new QueueAudit(here).check();
        here.close();
    }

    private Dispatcher listening(DispatchOptions options) {
        Dispatcher dispatcher =
                Dispatcher.builder(remote).sender(sms).options(options).build();
        dispatcher.start();
        await().atMost(PATIENCE).until(() -> dispatcher.health().level() == Dispatcher.Level.UP);
        // It has looked for work and found none, so from here on only a NOTIFY can tell it.
        AtomicLong last = new AtomicLong();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(700)).until(() -> {
            long now = proxy.requests();
            return now - last.getAndSet(now) <= 1;
        });
        return dispatcher;
    }

    private void awaitSent(UUID id) {
        await().atMost(PATIENCE).until(() -> queue.find(id).orElseThrow().state() == MessageState.SENT);
    }

    @Test
    void otherNodesAreToldOfNewWork() {
        try (Dispatcher dispatcher = listening(UNHURRIED)) {
            awaitSent(queue.enqueue(Reach.to("sms:+61400000000").body("x").build())
                    .id());
            assertThat(dispatcher.state()).isEqualTo(Dispatcher.DispatchState.RUNNING);
        }
    }

    @Test
    void commitOfTheCallersTransactionTellsOtherNodes() throws SQLException {
        try (Dispatcher dispatcher = listening(UNHURRIED);
                Connection connection = here.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            UUID id = queue.enqueue(
                            connection, Reach.to("sms:+61400000000").body("x").build())
                    .id();
            connection.commit();
            awaitSent(id);
            assertThat(dispatcher.health().problem()).isEmpty();
        }
    }

    @Test
    void duplicatesAndForeignPayloadsDoNotDeafenNodes() throws SQLException {
        queue.enqueue(Reach.to("sms:+61400000000").body("x").dedupeKey("k").build());
        try (Dispatcher dispatcher = listening(UNHURRIED);
                Connection connection = here.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            Reach again = Reach.to("sms:+61400000000").body("x").dedupeKey("k").build();
            assertThat(queue.enqueue(connection, again).duplicate()).isTrue();
            connection.commit();
            for (String payload : List.of("", ",,,", "Not a channel!", "@", "a@b@c", "\uD83D\uDC8D")) {
                statement.execute("select pg_notify('signalbox_delivery', '" + payload + "')");
                connection.commit();
            }
            awaitSent(queue.enqueue(Reach.to("sms:+61400000000").body("y").build())
                    .id());
            assertThat(dispatcher.health().problem()).isEmpty();
        }
    }

    /** Those of many callers would commit one after the other if they notified. */
    @Test
    void callersTransactionsDoNotNotify() throws SQLException {
        try (Connection listening = here.dataSource().getConnection();
                Statement statement = listening.createStatement();
                Connection connection = here.dataSource().getConnection()) {
            statement.execute("listen signalbox_delivery");
            connection.setAutoCommit(false);
            queue.enqueue(connection, Reach.to("sms:+61400000000").body("x").build());
            connection.commit();
            PGNotification[] heard = listening.unwrap(PGConnection.class).getNotifications(10_000);
            statement.execute("unlisten *");
            assertThat(heard).hasSize(1);
            assertThat(heard[0].getPID())
                    .isNotEqualTo(connection.unwrap(PGConnection.class).getBackendPID());
            assertThat(heard[0].getParameter()).startsWith("sms@");
        }
    }

    @Test
    void looksProbeIndexesWhateverWaitsInOtherLanes() {
        List<Reach> others = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            others.add(Reach.to("email:a@example.com").body("x").build());
        }
        queue.enqueueAll(others);
        try (Dispatcher dispatcher =
                Dispatcher.builder(queue).sender(sms).options(UNHURRIED).build()) {
            long before = rowsReadInSequence();
            for (int i = 0; i < 20; i++) {
                assertThat(dispatcher.runOnce().claimed()).isZero();
            }
            assertThat(rowsReadInSequence() - before).isZero();
        }
    }

    private long rowsReadInSequence() {
        return counter("select seq_tup_read from pg_stat_user_tables where relname = 'delivery_ready'");
    }

    /** One of this connection's counters: the pool gives one thread the same connection each time. */
    private long counter(String sql) {
        return here.autoCommit(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("select pg_stat_force_next_flush()");
                try (ResultSet row = statement.executeQuery(sql)) {
                    row.next();
                    return row.getLong(1);
                }
            }
        });
    }

    /** The database keeps every row that was claimed since the transaction began; a lane that keeps up must not pass them all. */
    @Test
    void heldTransactionMakesClaimsOfAnIdleLaneNoDearer() throws SQLException {
        int sent = 5_000;
        MovableClock clock = new MovableClock(Instant.parse("2026-03-01T12:00:00Z"));
        DeliveryQueue moved = DeliveryQueue.on(here, clock);
        try (Connection held = there.dataSource().getConnection();
                Statement statement = held.createStatement();
                Dispatcher dispatcher = Dispatcher.builder(moved)
                        .sender(sms)
                        .options(DispatchOptions.DEFAULT)
                        .build()) {
            held.setAutoCommit(false);
            statement.execute("set transaction isolation level repeatable read");
            statement.execute("select count(*) from delivery_message");
            List<Reach> reaches = new ArrayList<>();
            for (int i = 0; i < sent; i++) {
                reaches.add(Reach.to("sms:+61400000000").body("x").build());
            }
            moved.enqueueAll(reaches);
            while (!dispatcher.runOnce().isIdle()) {
                assertThat(sms.given()).isNotEmpty();
            }
            clock.advance(Duration.ofSeconds(10));
            dispatcher.runOnce();
            String entries = "select idx_tup_read from pg_stat_user_indexes where indexrelname = 'delivery_ready_pkey'";
            long before = counter(entries);
            for (int i = 0; i < 50; i++) {
                clock.advance(Duration.ofMillis(20));
                moved.enqueue(Reach.to("sms:+61400000000").body("x").build());
                assertThat(dispatcher.runOnce().claimed()).isEqualTo(1);
            }
            assertThat(counter(entries) - before)
                    .as("index entries read by 50 claims; each sweep reads %s", sent)
                    .isLessThan(5L * sent);
            held.rollback();
        }
    }

    @Test
    void bulksWithTheSameKeysInOppositeOrderDoNotDeadlock() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 10; round++) {
                List<Future<List<Receipt>>> calls = new ArrayList<>();
                for (int caller = 0; caller < 4; caller++) {
                    List<Reach> bulk = new ArrayList<>();
                    for (int i = 0; i < 300; i++) {
                        bulk.add(Reach.to("sms:+61400000000")
                                .body("x")
                                .dedupeKey("k" + round + "-" + i)
                                .build());
                    }
                    List<Reach> ordered = caller % 2 == 0 ? bulk : bulk.reversed();
                    calls.add(threads.submit(() -> inOneTransaction(ordered)));
                }
                long fresh = 0;
                for (Future<List<Receipt>> call : calls) {
                    fresh += call.get().stream()
                            .filter(receipt -> !receipt.duplicate())
                            .count();
                }
                assertThat(fresh).isEqualTo(300);
            }
        }
    }

    /** One that nobody repeats after a deadlock. */
    private List<Receipt> inOneTransaction(List<Reach> bulk) throws SQLException {
        try (Connection connection = here.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            List<Receipt> receipts = queue.enqueueAll(connection, bulk);
            connection.commit();
            return receipts;
        }
    }

    @Test
    void idleNodeAsksAtMostTwiceASecond() {
        try (Dispatcher dispatcher = listening(DispatchOptions.DEFAULT)) {
            long began = System.nanoTime();
            long before = proxy.requests();
            await().atMost(Duration.ofMinutes(2)).until(() -> proxy.requests() >= before + 12);
            // Two of them may be at the edges of the time.
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(5));
            assertThat(dispatcher.health().problem()).isEmpty();
        }
    }

    @Test
    void whatCommitsLateIsFoundBehindTheMarks() throws SQLException {
        MovableClock clock = new MovableClock(Instant.parse("2026-03-01T12:00:00Z"));
        DeliveryQueue moved = DeliveryQueue.on(here, clock);
        UUID late;
        try (Connection connection = here.dataSource().getConnection();
                Dispatcher dispatcher = Dispatcher.builder(moved)
                        .sender(sms)
                        .options(DispatchOptions.DEFAULT.withBatch(2))
                        .build()) {
            connection.setAutoCommit(false);
            late = moved.enqueue(
                            connection,
                            Reach.to("sms:+61400000000").body("late").build())
                    .id();
            clock.advance(Duration.ofSeconds(3));
            for (int i = 0; i < 12; i++) {
                moved.enqueue(Reach.to("sms:+61400000000").body("x").build());
            }
            assertThat(dispatcher.runOnce().claimed()).isEqualTo(2);
            connection.commit();
            assertThat(dispatcher.runOnce().claimed()).isEqualTo(2);
            assertThat(moved.find(late).orElseThrow().state()).isEqualTo(MessageState.PENDING);
            clock.advance(Duration.ofMillis(2_001));
            assertThat(dispatcher.runOnce().claimed()).isEqualTo(2);
        }
        assertThat(moved.find(late).orElseThrow().state()).isEqualTo(MessageState.SENT);
    }

    @Test
    void plainSqlEnqueues() {
        try (Dispatcher dispatcher = listening(UNHURRIED)) {
            UUID id = here.transact(connection -> {
                try (Statement statement = connection.createStatement();
                        ResultSet row =
                                statement.executeQuery("select signalbox_enqueue('sms:+61400000000', 'from SQL')")) {
                    row.next();
                    return row.getObject(1, UUID.class);
                }
            });
            awaitSent(id);
            assertThat(id.version()).isEqualTo(7);
            assertThat(queue.find(id).orElseThrow().reach().body()).isEqualTo("from SQL");
            assertThat(dispatcher.health().problem()).isEmpty();
        }
    }
}
