package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import dev.signalbox.delivery.queue.DeliveryQueue.Status;
import dev.signalbox.delivery.queue.Labels;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.QuietHours;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.ReachConflictException;
import dev.signalbox.delivery.queue.RecipientTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** How reaches enter the queue and are found in it. */
public abstract class DeliveryQueueEnqueueContract extends DeliveryQueueContract {

    @Test
    void everyFieldComesBack() {
        Reach reach = Reach.to("client:alice within 5s", "sms:+61400000000", "email:alice@example.com")
                .body("Grüße, 世界 👋 \"quoted\" \\ 'single' {json}\nsecond line")
                .header("subject", "ünïcode, with = and \"")
                .header("x", "")
                .dedupeKey("order-1, {with} \"odd\" characters")
                .priority(2)
                .at(clock.instant().plusSeconds(60))
                .expiresAt(clock.instant().plusSeconds(3600))
                .maxAttempts(7)
                .traceparent(TRACE)
                .dedupeWindow(Duration.ofMinutes(90))
                .recipientTime(
                        RecipientTime.in(ZoneId.of("Asia/Kathmandu")).withQuietHours(QuietHours.parse("21:30-06:15")))
                .labels(new Labels(Set.of("b:2", "a/1"), Map.of("order", "17, \"urgent\"")))
                .build();
        queue().enqueue(reach);

        Status status = find(reach.id());
        assertThat(status.reach()).isEqualTo(reach);
        assertThat(status.state()).isEqualTo(MessageState.PENDING);
        assertThat(status.acceptedAt()).isEqualTo(clock.instant());
        assertThat(status.nextAttemptAt()).isEqualTo(reach.at());
        assertThat(status.attempts()).isEmpty();
    }

    @Test
    void unknownIdIsNotFound() {
        assertThat(queue().find(UUID.randomUUID())).isEmpty();
        assertThat(queue().cancel(UUID.randomUUID())).isEmpty();
        assertThat(queue().retry(UUID.randomUUID())).isEmpty();
    }

    @Test
    void secondReachWithADedupeKeyGetsTheFirstOnesReceipt() {
        Receipt first = queue().enqueue(sms().dedupeKey("k").build());
        Receipt second = queue().enqueue(sms().dedupeKey("k").build());

        assertThat(first.duplicate()).isFalse();
        assertThat(second).isEqualTo(new Receipt(first.id(), true));
        assertThat(queue().counts().byState()).containsEntry(MessageState.PENDING, 1L);
    }

    @Test
    void keyIsFreeWhenItsWindowIsOver() {
        UUID first = enqueue(sms().dedupeKey("k").dedupeWindow(Duration.ofMinutes(10)));
        clock.advance(Duration.ofMinutes(10).minusMillis(1));
        assertThat(enqueue(sms().dedupeKey("k"))).isEqualTo(first);
        clock.advance(Duration.ofMillis(1));
        Reach next = sms().dedupeKey("k").body("another text").build();
        assertThat(queue().enqueue(next)).isEqualTo(new Receipt(next.id(), false));
        // The one whose window is over is found under its id, and a repeat by that id is still the same message.
        assertThat(find(first).reach().dedupeKey()).contains("k");
        assertThat(queue().enqueue(find(first).reach())).isEqualTo(new Receipt(first, true));
        // The next has no window, so it stands for good.
        clock.advance(Duration.ofDays(1_000));
        assertThat(enqueue(sms().dedupeKey("k").body("another text"))).isEqualTo(next.id());
    }

    @Test
    void keysOfABulkAreFreedEachByItself() {
        enqueue(sms().dedupeKey("short").dedupeWindow(Duration.ofMinutes(1)));
        UUID kept = enqueue(sms().dedupeKey("long").dedupeWindow(Duration.ofHours(1)));
        clock.advance(Duration.ofMinutes(1));
        List<Receipt> receipts = queue().enqueueAll(List.of(
                sms().dedupeKey("long").build(),
                sms().dedupeKey("short").build(),
                sms().dedupeKey("new").build()));
        assertThat(receipts).extracting(Receipt::duplicate).containsExactly(true, false, false);
        assertThat(receipts.getFirst().id()).isEqualTo(kept);
    }

    @Test
    void ofManyWhoFindAWindowOverOneTakesTheKey() throws Exception {
        enqueue(sms().dedupeKey("k").dedupeWindow(Duration.ofMinutes(1)));
        clock.advance(Duration.ofMinutes(1));
        List<Callable<Receipt>> calls = new ArrayList<>();
        for (int node = 0; node < 4; node++) {
            var other = simulated(connect());
            for (int i = 0; i < 5; i++) {
                calls.add(() -> other.enqueue(
                        sms().dedupeKey("k").dedupeWindow(Duration.ofMinutes(1)).build()));
            }
        }
        List<Receipt> receipts = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Receipt> call : threads.invokeAll(calls)) {
                receipts.add(call.get());
            }
        }
        assertThat(receipts).filteredOn(receipt -> !receipt.duplicate()).hasSize(1);
        assertThat(receipts)
                .extracting(Receipt::id)
                .containsOnly(receipts.getFirst().id());
        assertThat(queue().counts().byState()).containsEntry(MessageState.PENDING, 2L);
    }

    @Test
    void repeatFromAnotherTraceIsTheSameMessage() {
        UUID first = enqueue(sms().dedupeKey("k").traceparent(TRACE));
        UUID second = enqueue(sms().dedupeKey("k").traceparent(TRACE.replace('a', 'b')));
        assertThat(second).isEqualTo(first);
        assertThat(find(first).reach().traceparent()).contains(TRACE);
    }

    @Test
    void anotherMessageUnderAKnownDedupeKeyIsRefusedWithWhatDiffers() {
        UUID first = enqueue(sms().dedupeKey("k").header("subject", "a"));
        conflict(sms().dedupeKey("k").header("subject", "a").body("other"), first, "body");
        conflict(sms().dedupeKey("k"), first, "headers");
        conflict(
                Reach.to("sms:+61400000001")
                        .body("hello")
                        .header("subject", "a")
                        .dedupeKey("k"),
                first,
                "steps");
        conflict(sms().dedupeKey("k").header("subject", "a").within(Duration.ofSeconds(5)), first, "steps");
        conflict(
                sms().dedupeKey("k").header("subject", "a").priority(1).maxAttempts(2),
                first,
                "priority",
                "maxAttempts");
        conflict(sms().dedupeKey("k").header("subject", "a").at(clock.instant().plusSeconds(60)), first, "at");
        conflict(
                sms().dedupeKey("k")
                        .header("subject", "a")
                        .expiresAt(clock.instant().plusSeconds(60)),
                first,
                "expiresAt");
        assertThat(find(first).reach().body()).isEqualTo("hello");
        assertThat(queue().counts().byState()).containsEntry(MessageState.PENDING, 1L);
    }

    @Test
    void anotherMessageUnderAKnownIdIsRefusedWithWhatDiffers() {
        UUID first = enqueue(sms().dedupeKey("k"));
        UUID other = enqueue(sms().dedupeKey("other"));
        conflict(sms().id(first).dedupeKey("k").body("other"), first, "body");
        conflict(sms().id(first), first, "dedupeKey");
        conflict(sms().id(first).dedupeKey("other"), first, "dedupeKey");
        assertThat(queue().enqueue(sms().id(other).dedupeKey("other").build())).isEqualTo(new Receipt(other, true));
    }

    private void conflict(Reach.Builder offered, UUID stands, String... differing) {
        assertThatExceptionOfType(ReachConflictException.class)
                .isThrownBy(() -> queue().enqueue(offered.build()))
                .withMessageContaining(stands.toString())
                .withMessageContaining(String.join(", ", differing))
                .satisfies(e -> assertThat(e.receipt()).isEqualTo(new Receipt(stands, true, List.of(differing))));
    }

    @Test
    void relativeTimesOfARepeatAreTheSameAndOthersAreNot() {
        UUID first = enqueue(sms().dedupeKey("k")
                .at(clock.instant().plusSeconds(60))
                .expiresAt(clock.instant().plusSeconds(3600)));
        clock.advance(Duration.ofMinutes(10));
        Reach.Builder inAnHour = sms().dedupeKey("k")
                .at(clock.instant().plusSeconds(61))
                .expiresAt(clock.instant().plusSeconds(3600));
        assertThat(queue().enqueue(inAnHour.build())).isEqualTo(new Receipt(first, true));
        Instant absolute = find(first).reach().expiresAt().orElseThrow();
        assertThat(queue().enqueue(inAnHour.expiresAt(absolute).build())).isEqualTo(new Receipt(first, true));
        conflict(inAnHour.expiresAt(clock.instant().plusSeconds(7200)), first, "expiresAt");
    }

    @Test
    void oneConflictingRowOfABulkIsRefusedAlone() {
        UUID known = enqueue(sms().dedupeKey("k"));
        Reach fresh = sms().build();
        Reach conflicting = sms().dedupeKey("k").body("other").build();
        Reach repeated =
                Reach.to("sms:+61400000000").id(fresh.id()).body("other").build();
        assertThat(queue().enqueueAll(List.of(conflicting, fresh, repeated)))
                .containsExactly(
                        new Receipt(known, true, List.of("body")),
                        new Receipt(fresh.id(), false),
                        new Receipt(fresh.id(), true, List.of("body")));
        assertState(fresh.id(), MessageState.PENDING);
        assertThat(queue().find(conflicting.id())).isEmpty();
    }

    @Test
    void callersTransactionGoesOnAfterAConflict() throws SQLException {
        UUID known = enqueue(sms().dedupeKey("k"));
        Reach fresh = sms().build();
        try (Connection connection = database().dataSource().getConnection()) {
            connection.setAutoCommit(false);
            assertThatExceptionOfType(ReachConflictException.class)
                    .isThrownBy(() -> queue().enqueue(
                                    connection,
                                    sms().dedupeKey("k").body("other").build()));
            queue().enqueue(connection, fresh);
            connection.commit();
        }
        assertState(known, MessageState.PENDING);
        assertState(fresh.id(), MessageState.PENDING);
    }

    @Test
    void ofManyConcurrentMessagesUnderOneKeyOneWinsAndTheOthersAreTold() throws Exception {
        List<Callable<Receipt>> calls = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Reach reach = sms().dedupeKey("k").body("message " + i).build();
            calls.add(() -> queue().enqueueAll(List.of(reach)).getFirst());
        }
        List<Receipt> receipts = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Receipt> call : threads.invokeAll(calls)) {
                receipts.add(call.get());
            }
        }
        assertThat(receipts.stream().filter(receipt -> !receipt.duplicate())).hasSize(1);
        assertThat(receipts.stream().filter(Receipt::conflict)).hasSize(15);
        assertThat(receipts.stream().map(Receipt::id))
                .containsOnly(receipts.getFirst().id());
    }

    @Test
    void repeatedIdChangesNothing() {
        Reach reach = sms().build();
        queue().enqueue(reach);
        assertThat(queue().enqueue(reach)).isEqualTo(new Receipt(reach.id(), true));
        assertThat(queue().counts().byState()).containsEntry(MessageState.PENDING, 1L);
    }

    @Test
    void bulkTellsDuplicatesWithinItself() {
        Reach a = sms().dedupeKey("k").build();
        Reach b = sms().dedupeKey("k").build();
        Reach c = sms().build();
        assertThat(queue().enqueueAll(List.of(a, c, b, c)))
                .containsExactly(
                        new Receipt(a.id(), false),
                        new Receipt(c.id(), false),
                        new Receipt(a.id(), true),
                        new Receipt(c.id(), true));
    }

    @Test
    void largeBulkKeepsItsOrder() {
        List<Reach> reaches = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            reaches.add(sms().body("message " + i).build());
        }
        List<Receipt> receipts = queue().enqueueAll(reaches);
        assertThat(receipts.stream().map(Receipt::id))
                .containsExactlyElementsOf(reaches.stream().map(Reach::id).toList());
        assertThat(queue().counts().byState()).containsEntry(MessageState.PENDING, 2_500L);
        assertThat(queue().enqueueAll(List.of())).isEmpty();
    }

    @Test
    void rolledBackTransactionLeavesNothing() throws SQLException {
        Reach reach = sms().dedupeKey("k").build();
        try (Connection connection = database().dataSource().getConnection()) {
            connection.setAutoCommit(false);
            assertThat(queue().enqueue(connection, reach).duplicate()).isFalse();
            connection.rollback();
        }
        assertThat(queue().find(reach.id())).isEmpty();
        assertThat(queue().enqueue(sms().dedupeKey("k").build()).duplicate()).isFalse();
    }

    @Test
    void callersTransactionDecidesWhenItIsSeen() throws SQLException {
        Reach reach = sms().build();
        try (Connection connection = database().dataSource().getConnection()) {
            connection.setAutoCommit(false);
            queue().enqueueAll(connection, List.of(reach));
            assertThat(queue().find(reach.id())).isEmpty();
            connection.commit();
        }
        assertState(reach.id(), MessageState.PENDING);
    }

    @Test
    void oneOfManyConcurrentDuplicatesWins() throws Exception {
        List<Callable<List<Receipt>>> calls = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            int first = thread;
            calls.add(() -> queue().enqueueAll(List.of(
                    sms().dedupeKey("k" + first % 2).build(),
                    sms().dedupeKey("k" + (first + 1) % 2).build())));
        }
        Set<UUID> ids = new HashSet<>();
        int fresh = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<List<Receipt>> call : threads.invokeAll(calls)) {
                for (Receipt receipt : call.get()) {
                    ids.add(receipt.id());
                    fresh += receipt.duplicate() ? 0 : 1;
                }
            }
        }
        assertThat(fresh).isEqualTo(2);
        assertThat(ids).hasSize(2);
    }

    @Test
    void callersWhoShareACommitGetTheirOwnReceipts() throws Exception {
        UUID known = enqueue(sms().dedupeKey("known"));
        List<Callable<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Reach reach = i % 10 == 0 ? sms().dedupeKey("known").build() : sms().build();
            boolean repeats = reach.dedupeKey().isPresent();
            Receipt expected = new Receipt(repeats ? known : reach.id(), repeats);
            calls.add(() -> queue().enqueue(reach).equals(expected));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> call : threads.invokeAll(calls)) {
                assertThat(call.get()).isTrue();
            }
        }
        assertThat(queue().counts().byState()).containsEntry(MessageState.PENDING, 271L);
    }

    @Test
    void countsAddUp() {
        enqueue(sms().at(clock.instant().plus(Duration.ofHours(1))));
        enqueue(Reach.to("email:bob@example.com").body("hello"));
        enqueueSms();
        enqueue(Reach.to("sms:+61400000001").body("hello"));
        node(ScriptedSender.of(Channel.SMS)
                        .answering(delivery -> delivery.address().endsWith("1")
                                ? ScriptedSender.notSent()
                                : ScriptedSender.accepted()))
                .runOnce();

        assertThat(queue().counts().byState())
                .containsEntry(MessageState.PENDING, 2L)
                .containsEntry(MessageState.RETRY_WAIT, 1L)
                .containsEntry(MessageState.CLAIMED, 0L)
                .containsEntry(MessageState.SENT, 1L);
        assertThat(queue().counts().sentByChannel()).containsEntry(Channel.SMS, 1L);
        assertThat(queue().counts().exact()).isTrue();
    }
}
