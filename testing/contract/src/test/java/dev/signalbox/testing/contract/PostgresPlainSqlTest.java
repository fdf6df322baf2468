package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Status;
import dev.signalbox.delivery.queue.Labels;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.QuietHours;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.RecipientTime;
import dev.signalbox.delivery.queue.Step;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Enqueuing from plain SQL on PostgreSQL, and what its tables refuse. */
class PostgresPlainSqlTest {
    private Database database;
    private DeliveryQueue queue;

    @BeforeEach
    void open() {
        database = Database.open(DatabaseConfig.of(RealPostgres.shared().freshDatabase()));
        queue = DeliveryQueue.on(database);
    }

    @AfterEach
    void closeAndAudit() {
        new QueueAudit(database).check();
        database.close();
    }

    private UUID call(String sql, Object... arguments) {
        return database.transact(connection -> {
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
    void tablesRefuseWhatJavaCouldNotRead() {
        UUID id = queue.enqueue(Reach.to("sms:+61400000000").body("x").build()).id();
        for (String assignment : List.of(
                "dedupe_key = ''",
                "dedupe_key = repeat('k', 201)",
                "body = ''",
                "body = repeat('b', 65537)",
                "priority = 10",
                "max_attempts = 0",
                "expires_at = -1",
                "not_before = 253402214400000000")) {
            String sql = "update delivery_message set " + assignment + " where id = '" + id + "' returning id";
            assertThatThrownBy(() -> call(sql), "%s", assignment).hasMessageContaining("check constraint");
        }
        assertThat(queue.find(id).orElseThrow().reach().body()).isEqualTo("x");
    }

    @Test
    void plainSqlKnowsEveryField() {
        UUID id = call(
                "select signalbox_enqueue(?, ?, dedupe_key => ?, priority => 2, at => ?::timestamptz,"
                        + " expires_at => ?::timestamptz, max_attempts => 9, headers => '{\"a\": \"b\"}',"
                        + " traceparent => '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',"
                        + " dedupe_window => interval '90 minutes', tags => array['vip', 'a:1', 'vip'],"
                        + " metadata => '{\"order\": \"17\"}', time_zone => 'Europe/Berlin', quiet_hours => '22:00-07:00')",
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
                .traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                .dedupeWindow(Duration.ofMinutes(90))
                .recipientTime(
                        RecipientTime.in(ZoneId.of("Europe/Berlin")).withQuietHours(QuietHours.parse("22:00-07:00")))
                .labels(new Labels(Set.of("a:1", "vip"), Map.of("order", "17")))
                .build();
        assertThat(status.reach()).isEqualTo(expected);
        assertThat(status.nextAttemptAt()).isEqualTo(expected.at());
        assertThat(queue.count(MessageFilter.ALL.withTag(Optional.of("vip"))).matched())
                .isEqualTo(1);
    }

    @Test
    void plainSqlTakesAKeyWhoseWindowIsOver() {
        UUID first = call("select signalbox_enqueue('sms:1', 'hello', 'w', dedupe_window => interval '1 hour')");
        assertThat(call("select signalbox_enqueue('sms:1', 'hello', 'w')")).isEqualTo(first);
        call("update delivery_message set accepted_at = accepted_at - 3600000000 where id = '" + first
                + "' returning id");
        UUID second = call("select signalbox_enqueue('sms:1', 'other', 'w', tags => array['x'])");
        assertThat(second).isNotEqualTo(first);
        assertThat(call("select signalbox_enqueue('sms:1', 'other', 'w', tags => array['x'])"))
                .isEqualTo(second);
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
        assertThat(queue.counts().byState()).containsEntry(MessageState.PENDING, 1L);
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
                "'sms:1', 'x', at => now(), expires_at => now()",
                "'sms:1', 'x', traceparent => '00-00000000000000000000000000000000-00f067aa0ba902b7-01'",
                "'sms:1', 'x', traceparent => '00-4bf92f35'",
                "'sms:1', 'x', dedupe_window => interval '1 hour'",
                "'sms:1', 'x', 'k', dedupe_window => interval '0'",
                "'sms:1', 'x', tags => array['a b']",
                "'sms:1', 'x', quiet_hours => '22:00-07:00'",
                "'sms:1', 'x', time_zone => 'UTC', quiet_hours => '22:00-22:00'",
                "'sms:1', 'x', time_zone => 'UTC', quiet_hours => '22-7'",
                "'sms:1', 'x', tags => array[null]",
                "'sms:1', 'x', metadata => '{\"a\": 1}'",
                "'sms:1', 'x', metadata => '{\"a b\": \"c\"}'")) {
            assertThatThrownBy(() -> call("select signalbox_enqueue(" + arguments + ")"), "%s", arguments)
                    .hasMessageContaining("must");
        }
        assertThat(queue.counts().byState()).containsEntry(MessageState.PENDING, 0L);
        assertThat(Step.parse("sms:1").address()).isEqualTo("1");
    }
}
