package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue.Filter;
import dev.signalbox.delivery.queue.DeliveryQueue.Page;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import dev.signalbox.delivery.queue.DeliveryQueue.Status;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.State;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
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
                .build();
        queue().enqueue(reach);

        Status status = find(reach.id());
        assertThat(status.reach()).isEqualTo(reach);
        assertThat(status.state()).isEqualTo(State.PENDING);
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
        Receipt second = queue().enqueue(sms().dedupeKey("k").body("other").build());

        assertThat(first.duplicate()).isFalse();
        assertThat(second).isEqualTo(new Receipt(first.id(), true));
        assertThat(find(first.id()).reach().body()).isEqualTo("hello");
        assertThat(queue().counts().byState()).containsEntry(State.PENDING, 1L);
    }

    @Test
    void repeatedIdChangesNothing() {
        Reach reach = sms().build();
        queue().enqueue(reach);
        assertThat(queue().enqueue(reach)).isEqualTo(new Receipt(reach.id(), true));
        assertThat(queue().counts().byState()).containsEntry(State.PENDING, 1L);
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
        assertThat(queue().counts().byState()).containsEntry(State.PENDING, 2_500L);
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
        assertState(reach.id(), State.PENDING);
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
        assertThat(queue().counts().byState()).containsEntry(State.PENDING, 271L);
    }

    @Test
    void pagesShowAllOnceNewestFirst() {
        List<UUID> expected = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            expected.addFirst(enqueueSms());
        }
        List<UUID> listed = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            Page page = queue().list(new Filter(Optional.empty(), Optional.empty(), Optional.empty(), cursor, 10));
            page.items().forEach(status -> listed.add(status.reach().id()));
            cursor = page.next();
        } while (cursor.isPresent());
        assertThat(listed).containsExactlyElementsOf(expected);
    }

    @Test
    void listFiltersByStateChannelAndAddress() {
        UUID later = enqueue(sms().at(clock.instant().plusSeconds(60)));
        UUID waiting = enqueue(Reach.to("email:bob@example.com").body("hello"));
        UUID sent = enqueue(sms());
        UUID refused = enqueue(Reach.to("sms:+61400000001").body("hello"));
        node(ScriptedSender.of(Channel.SMS)
                        .answering(delivery -> delivery.address().endsWith("1")
                                ? ScriptedSender.rejected()
                                : ScriptedSender.accepted()))
                .runOnce();

        assertThat(listed(Optional.of(State.PENDING), Optional.empty(), Optional.empty()))
                .containsExactly(waiting, later);
        assertThat(listed(Optional.of(State.SENT), Optional.empty(), Optional.empty()))
                .containsExactly(sent);
        assertThat(listed(Optional.of(State.REJECTED), Optional.empty(), Optional.empty()))
                .containsExactly(refused);
        assertThat(listed(Optional.of(State.DEAD), Optional.empty(), Optional.empty()))
                .isEmpty();
        assertThat(listed(Optional.empty(), Optional.of(Channel.EMAIL), Optional.empty()))
                .containsExactly(waiting);
        assertThat(listed(Optional.empty(), Optional.empty(), Optional.of("+61400000000")))
                .containsExactly(sent, later);
        assertThat(listed(Optional.of(State.SENT), Optional.of(Channel.SMS), Optional.of("+61400000001")))
                .isEmpty();
    }

    private List<UUID> listed(Optional<State> state, Optional<Channel> channel, Optional<String> address) {
        return queue().list(new Filter(state, channel, address, Optional.empty(), 10)).items().stream()
                .map(status -> status.reach().id())
                .toList();
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
                .containsEntry(State.PENDING, 2L)
                .containsEntry(State.RETRY_WAIT, 1L)
                .containsEntry(State.CLAIMED, 0L)
                .containsEntry(State.SENT, 1L);
        assertThat(queue().counts().sentByChannel()).containsEntry(Channel.SMS, 1L);
        assertThat(queue().counts().exact()).isTrue();
    }
}
