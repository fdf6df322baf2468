package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Status;
import dev.signalbox.delivery.queue.DispatchOptions;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.State;
import dev.signalbox.delivery.queue.Step;
import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What only PostgreSQL does: telling other nodes, and plain SQL. */
class PostgresQueueNodesTest {
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
        await().until(() -> dispatcher.health().level() == Dispatcher.Level.UP);
        // It has looked for work and found none, so from here on only a NOTIFY can tell it.
        AtomicLong last = new AtomicLong();
        await().pollInterval(Duration.ofMillis(700)).until(() -> {
            long now = proxy.requests();
            return now - last.getAndSet(now) <= 1;
        });
        return dispatcher;
    }

    private void awaitSent(UUID id) {
        await().atMost(Duration.ofSeconds(10))
                .until(() -> queue.find(id).orElseThrow().state() == State.SENT);
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
    void idleNodeAsksAtMostTwiceASecond() {
        try (Dispatcher dispatcher = listening(DispatchOptions.DEFAULT)) {
            long before = proxy.requests();
            await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
            assertThat(proxy.requests() - before).isLessThanOrEqualTo(2 * 3);
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
            clock.advance(Duration.ofSeconds(1));
            for (int i = 0; i < 12; i++) {
                moved.enqueue(Reach.to("sms:+61400000000").body("x").build());
            }
            assertThat(dispatcher.runOnce().claimed()).isEqualTo(2);
            connection.commit();
            assertThat(dispatcher.runOnce().claimed()).isEqualTo(2);
            assertThat(moved.find(late).orElseThrow().state()).isEqualTo(State.PENDING);
            clock.advance(Duration.ofMillis(2_001));
            assertThat(dispatcher.runOnce().claimed()).isEqualTo(2);
        }
        assertThat(moved.find(late).orElseThrow().state()).isEqualTo(State.SENT);
    }

    private UUID call(String sql, Object... arguments) {
        return here.transact(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < arguments.length; i++) {
                    statement.setObject(i + 1, arguments[i]);
                }
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getObject(1, UUID.class);
                }
            }
        });
    }

    @Test
    void plainSqlEnqueues() {
        try (Dispatcher dispatcher = listening(UNHURRIED)) {
            UUID id = call("select signalbox_enqueue('sms:+61400000000', 'from SQL')");
            awaitSent(id);
            assertThat(id.version()).isEqualTo(7);
            assertThat(queue.find(id).orElseThrow().reach().body()).isEqualTo("from SQL");
            assertThat(dispatcher.health().problem()).isEmpty();
        }
    }

    @Test
    void plainSqlKnowsEveryField() {
        UUID id = call(
                "select signalbox_enqueue(?, ?, dedupe_key => ?, priority => 2, at => ?::timestamptz,"
                        + " expires_at => ?::timestamptz, max_attempts => 9, headers => '{\"a\": \"b\"}')",
                "client:alice within 5s\nsms:+61400000000",
                "hello",
                "k",
                "2030-01-01T00:00:00Z",
                "2031-01-01T00:00:00Z");
        Status status = queue.find(id).orElseThrow();
        Reach expected = Reach.to("client:alice within 5s", "sms:+61400000000")
                .body("hello")
                .id(id)
                .dedupeKey("k")
                .priority(2)
                .at(Instant.parse("2030-01-01T00:00:00Z"))
                .expiresAt(Instant.parse("2031-01-01T00:00:00Z"))
                .maxAttempts(9)
                .header("a", "b")
                .build();
        assertThat(status.reach()).isEqualTo(expected);
        assertThat(status.nextAttemptAt()).isEqualTo(expected.at());
    }

    @Test
    void plainSqlTellsARepeatFromAnotherMessageUnderItsKey() {
        UUID id = call("select signalbox_enqueue('sms:1', 'hello', 'k', at => now() + interval '1 hour')");
        assertThat(call("select signalbox_enqueue('sms:1', 'hello', 'k', at => now() + interval '1 hour')"))
                .isEqualTo(id);
        for (String other : List.of(
                "'sms:2', 'hello', 'k', at => now() + interval '1 hour'",
                "'sms:1', 'other', 'k', at => now() + interval '1 hour'",
                "'sms:1', 'hello', 'k', at => now() + interval '2 hours'",
                "'sms:1', 'hello', 'k'",
                "'sms:1', 'hello', 'k', at => now() + interval '1 hour', headers => '{\"a\": \"b\"}'")) {
            assertThatThrownBy(() -> call("select signalbox_enqueue(" + other + ")"), "%s", other)
                    .hasMessageContaining("dedupe_key belongs to the message " + id);
        }
        assertThat(queue.counts().byState()).containsEntry(State.PENDING, 1L);
    }

    @Test
    void whatPlainSqlTakesCanBeRead() {
        UUID id = call("select signalbox_enqueue(?, 'x', ?)", "sms:" + "😀".repeat(500), "🔑".repeat(200));
        assertThat(queue.find(id).orElseThrow().reach().dedupeKey()).contains("🔑".repeat(200));
    }

    @Test
    void plainSqlRefusesNonsense() {
        for (String arguments : List.of(
                "'', 'x'",
                "'nochannel', 'x'",
                "'sms:1', ''",
                "'sms:1', 'x', priority => 10",
                "null, 'x'",
                "'sms:1', 'x', max_attempts => 0",
                "'sms: ', 'x'",
                "'sms:1 within 0s', 'x'",
                "'sms:1 within 31d', 'x'",
                "'sms:1 within 1s within 1s', 'x'",
                "E'sms:1\\n', 'x'",
                "'sms:1', 'x', ''",
                "'sms:1', 'x', headers => '[]'",
                "'sms:1', 'x', headers => '{\"a\": 1}'",
                "'sms:1', 'x', headers => '{\"a\": \"b\\r\\nc: d\"}'",
                "'sms:1', 'x', headers => '{\"a\\n\": \"b\"}'",
                "'sms:1', 'x', headers => '{\"\": \"b\"}'",
                "'sms:1', 'x', headers => jsonb_build_object(repeat('n', 65), 'b')",
                "'sms:1', 'x', headers => jsonb_build_object('a', repeat('b', 1025))",
                "E'sms:1\\u00852', 'x'",
                "'sms:1', 'x', at => '20000-01-01'",
                "'sms:1', 'x', expires_at => '1969-01-01'",
                "'sms:1', 'x', at => now(), expires_at => now()")) {
            assertThatThrownBy(() -> call("select signalbox_enqueue(" + arguments + ")"), "%s", arguments)
                    .hasMessageContaining("must");
        }
        assertThat(queue.counts().byState()).containsEntry(State.PENDING, 0L);
        assertThat(Step.parse("sms:1").address()).isEqualTo("1");
    }
}
