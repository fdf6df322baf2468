package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.signalbox.database.Dialect;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue.Action;
import dev.signalbox.delivery.queue.DeliveryReceipt;
import dev.signalbox.delivery.queue.DeliveryReceipts;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.DispatcherListener;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Remark;
import dev.signalbox.delivery.queue.Retention;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Messages that have ended are removed when their time is over, and no others. */
public abstract class DeliveryQueueRetentionContract extends DeliveryQueueContract {
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Retention RETENTION = new Retention(Optional.of(DAY), Optional.of(DAY.multipliedBy(2)));

    private final ScriptedSender sms = ScriptedSender.of(Channel.SMS);
    private final AtomicInteger removed = new AtomicInteger();

    private Dispatcher cleaning(Retention retention) {
        return closing(Dispatcher.builder(queue())
                .sender(sms)
                .options(OPTIONS.withRetention(retention))
                .listener(new DispatcherListener() {
                    @Override
                    public void removed(int count) {
                        removed.addAndGet(count);
                    }
                })
                .build());
    }

    private UUID ended(Reach.Builder reach, ScriptedSender.Script script) {
        UUID id = enqueue(reach.maxAttempts(1));
        sms.answering(script);
        node(sms).runOnce();
        return id;
    }

    private boolean isThere(UUID id) {
        return queue().find(id).isPresent();
    }

    /** A right that is missing, say: nothing else of the dispatcher would notice. */
    @Test
    void failureIsToldOnceForAsLongAsItLasts() {
        UUID id = ended(sms(), delivery -> ScriptedSender.accepted());
        clock.advance(DAY);
        AtomicInteger failures = new AtomicInteger();
        Dispatcher node = closing(Dispatcher.builder(queue())
                .sender(sms)
                .options(OPTIONS.withRetention(RETENTION))
                .listener(new DispatcherListener() {
                    @Override
                    public void failed(Throwable problem) {
                        failures.incrementAndGet();
                    }
                })
                .build());
        rename("delivery_intake", "delivery_hidden");
        try {
            node.runOnce();
            node.runOnce();
        } finally {
            rename("delivery_hidden", "delivery_intake");
        }
        assertThat(failures).hasValue(1);
        assertThat(isThere(id)).isTrue();
        node.runOnce();
        assertThat(isThere(id)).isFalse();
    }

    private void rename(String table, String name) {
        execute(
                database().dialect() == Dialect.SQLSERVER
                        ? "exec sp_rename '" + table + "', '" + name + "'"
                        : "alter table " + table + " rename to " + name);
    }

    private void execute(String sql) {
        database().transact(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    @Test
    void eachGoesWhenTheTimeOfItsStateIsOver() {
        UUID sent = ended(sms(), delivery -> ScriptedSender.accepted());
        UUID dead = ended(sms(), delivery -> ScriptedSender.notSent());
        UUID unknown = ended(sms(), delivery -> ScriptedSender.unknown());
        UUID cancelled = enqueue(sms().at(clock.instant().plus(DAY.multipliedBy(9))));
        queue().cancel(cancelled);
        UUID waiting = enqueue(sms().at(clock.instant().plus(DAY.multipliedBy(9))));
        assertState(unknown, MessageState.UNKNOWN);
        Dispatcher node = cleaning(RETENTION);

        clock.advance(DAY.minusSeconds(1));
        node.runOnce();
        assertThat(isThere(sent)).isTrue();

        clock.advance(Duration.ofSeconds(1));
        node.runOnce();
        assertThat(isThere(sent)).isFalse();
        assertThat(List.of(dead, unknown, cancelled, waiting)).allMatch(this::isThere);
        assertThat(queue().counts().byState())
                .containsEntry(MessageState.SENT, 0L)
                .containsEntry(MessageState.DEAD, 1L);

        clock.advance(DAY);
        node.runOnce();
        assertThat(List.of(dead, cancelled)).noneMatch(this::isThere);
        assertThat(List.of(unknown, waiting)).allMatch(this::isThere);
        assertThat(removed).hasValue(3);
        assertThat(queue().counts().byState())
                .containsEntry(MessageState.DEAD, 0L)
                .containsEntry(MessageState.CANCELLED, 0L)
                .containsEntry(MessageState.UNKNOWN, 1L)
                .containsEntry(MessageState.PENDING, 1L);
    }

    @Test
    void withoutARetentionAllStays() {
        UUID sent = ended(sms(), delivery -> ScriptedSender.accepted());
        clock.advance(DAY.multipliedBy(3_000));
        cleaning(Retention.FOR_EVER).runOnce();
        assertThat(isThere(sent)).isTrue();
        assertThat(removed).hasValue(0);
    }

    @Test
    void dedupeKeyIsFreeAfterwards() {
        UUID first = ended(sms().dedupeKey("invoice-7"), delivery -> ScriptedSender.accepted());
        clock.advance(DAY);
        cleaning(RETENTION).runOnce();
        UUID second = enqueue(sms().dedupeKey("invoice-7"));
        assertThat(second).isNotEqualTo(first);
    }

    @Test
    void receiptsGoWithTheirMessage() {
        DeliveryReceipts receipts = DeliveryReceipts.on(database());
        UUID first = ended(sms(), delivery -> ScriptedSender.accepted());
        clock.advance(DAY);
        UUID second = ended(sms(), delivery -> ScriptedSender.accepted());
        for (UUID id : List.of(first, second)) {
            assertThat(receipts.record(receipt(id))).isTrue();
        }
        cleaning(RETENTION).runOnce();
        assertThat(receipts.of(first)).isEmpty();
        assertThat(receipts.of(second)).containsExactly(receipt(second));
    }

    private DeliveryReceipt receipt(UUID id) {
        return new DeliveryReceipt(id, 0, "p-" + id, DeliveryReceipt.Status.DELIVERED, Optional.empty(), AT);
    }

    @Test
    void manyGoInBitesAndPassOverThoseThatStay() {
        List<UUID> all = new ArrayList<>();
        List<Reach> reaches = new ArrayList<>();
        for (int i = 0; i < 1_300; i++) {
            boolean later = i % 3 == 0;
            Reach.Builder reach = sms();
            reaches.add((later ? reach.at(clock.instant().plus(DAY.multipliedBy(90))) : reach).build());
            all.add(reaches.getLast().id());
        }
        queue().enqueueAll(reaches);
        sms.answering(ScriptedSender.accepted());
        Dispatcher sending = node(OPTIONS.withBatch(500), sms);
        sending.runOnce();
        sending.runOnce();
        clock.advance(DAY);
        Dispatcher node = cleaning(RETENTION);
        node.runOnce();
        assertThat(removed.get()).isBetween(1, 500);
        node.runOnce();
        node.runOnce();
        for (int i = 0; i < 1_300; i++) {
            assertThat(isThere(all.get(i))).as("message %d", i).isEqualTo(i % 3 == 0);
        }
    }

    @Test
    void revivedMessageStays() {
        UUID dead = ended(sms(), delivery -> ScriptedSender.rejected());
        clock.advance(DAY.multipliedBy(2));
        queue().flow().pause(Optional.of(Channel.SMS), Remark.NONE);
        queue().change(dead, Action.RETRY, Remark.NONE);
        cleaning(RETENTION).runOnce();
        assertState(dead, MessageState.PENDING);
    }

    @Test
    void whatWasSentUnderALeaseThatStandsStays() {
        List<UUID> ids = List.of(enqueueSms(), enqueueSms());
        CountDownLatch ends = new CountDownLatch(1);
        Dispatcher sending = node(sms.withTimeout(Duration.ofMinutes(10)).answering(delivery -> {
            if (delivery.id().equals(ids.get(1))) {
                ends.await();
            }
            return ScriptedSender.accepted();
        }));
        closing(ends::countDown);
        sending.start();
        await().atMost(LONG).untilAsserted(() -> assertState(ids.get(0), MessageState.SENT));
        Dispatcher cleaning = cleaning(new Retention(Optional.of(Duration.ofMinutes(1)), Optional.empty()));
        clock.advance(Duration.ofMinutes(2));
        cleaning.runOnce();
        assertThat(removed).hasValue(0);

        ends.countDown();
        await().atMost(LONG).untilAsserted(() -> assertState(ids.get(1), MessageState.SENT));
        clock.advance(Duration.ofMinutes(2));
        cleaning.runOnce();
        assertThat(removed).hasValue(2);
    }

    @Test
    void retentionsOutOfBoundsAreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Retention(Optional.of(Duration.ofSeconds(59)), Optional.empty()))
                .withMessageStartingWith("retention of sent");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Retention(Optional.empty(), Optional.of(Duration.ofDays(4_000))))
                .withMessageStartingWith("retention of unsent");
    }
}
