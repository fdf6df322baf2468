package dev.signalbox.testing.contract;

import static dev.signalbox.testing.contract.ScriptedSender.accepted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue.Attempt;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import dev.signalbox.delivery.queue.DeliveryQueue.Status;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.Labels;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.QuietHours;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.RecipientTime;
import dev.signalbox.delivery.queue.SendResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Many at once: a database may insert them, and record their outcomes, in another way than a few. */
public abstract class DeliveryQueueBulkContract extends DeliveryQueueContract {
    private static final int MANY = 120;

    private static List<Reach> many(Reach.Builder each) {
        List<Reach> reaches = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            reaches.add(each.id(UUID.randomUUID()).body("message " + i).build());
        }
        return reaches;
    }

    /** One in each form that a column can have. */
    private Reach reach(int i) {
        Reach.Builder reach = Reach.to("client:alice within 5s", "sms:+61400000000");
        reach.body(i % 40 == 0 ? "é👋\n\t\\N\"".repeat(5_000) : "Grüße " + i);
        if (i % 2 == 0) {
            reach.header("subject", "ünïcode, with = and \"");
            reach.labels(new Labels(Set.of("even", "n:" + i), Map.of("order", "17, \"urgent\"")));
        }
        if (i % 3 == 0) {
            reach.at(clock.instant().plusSeconds(60 + i))
                    .expiresAt(clock.instant().plusSeconds(3_600 + i))
                    .priority(i % 10)
                    .maxAttempts(7)
                    .traceparent(TRACE)
                    .recipientTime(RecipientTime.in(ZoneId.of("Asia/Kathmandu"))
                            .withQuietHours(QuietHours.parse("21:30-06:15")));
        }
        return reach.build();
    }

    @Test
    void everyFieldOfABulkComesBack() {
        List<Reach> reaches = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            reaches.add(reach(i));
        }
        queue().enqueueAll(reaches);

        for (Reach reach : reaches) {
            Status status = find(reach.id());
            assertThat(status.reach()).isEqualTo(reach);
            assertThat(status.state()).isEqualTo(MessageState.PENDING);
            assertThat(status.acceptedAt()).isEqualTo(clock.instant());
            assertThat(status.nextAttemptAt())
                    .isEqualTo(reach.at().isPresent() ? reach.at() : Optional.of(clock.instant()));
        }
        MessageFilter tagged = MessageFilter.ALL.withTag(Optional.of("even")).withLimit(MANY);
        assertThat(queue().list(tagged).items()).hasSize(MANY / 2);
    }

    @Test
    void knownOnesOfABulkAreToldAndTheOthersAreNew() {
        List<Reach> reaches = many(sms().labels(new Labels(Set.of("bulk"), Map.of())));
        queue().enqueue(reaches.get(3));
        queue().enqueue(reaches.getLast());

        List<Receipt> receipts = queue().enqueueAll(reaches);

        assertThat(receipts)
                .extracting(Receipt::id)
                .containsExactlyElementsOf(reaches.stream().map(Reach::id).toList());
        assertThat(receipts)
                .filteredOn(Receipt::duplicate)
                .extracting(Receipt::id)
                .containsExactly(reaches.get(3).id(), reaches.getLast().id());
        assertThat(queue().counts().byState()).containsEntry(MessageState.PENDING, (long) MANY);
        MessageFilter tagged = MessageFilter.ALL.withTag(Optional.of("bulk")).withLimit(MANY);
        assertThat(queue().list(tagged).items()).hasSize(MANY);
    }

    @Test
    void oneThatIsTwiceInABulkIsNewOnceAndIsSentOnce() {
        List<Reach> reaches = many(sms());
        reaches.add(reaches.get(5));

        List<Receipt> receipts = queue().enqueueAll(reaches);

        assertThat(receipts.subList(0, MANY)).noneMatch(Receipt::duplicate);
        assertThat(receipts.getLast()).isEqualTo(new Receipt(reaches.get(5).id(), true));
        ScriptedSender sms = ScriptedSender.of(Channel.SMS);
        node(sms).runOnce();
        assertThat(sms.given())
                .extracting(Delivery::id)
                .containsExactlyInAnyOrderElementsOf(
                        reaches.subList(0, MANY).stream().map(Reach::id).toList());
    }

    @Test
    void aBulkIsClaimedByPriorityAndWhatIsForLaterWaits() {
        List<Reach> reaches = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Reach.Builder reach =
                    sms().id(UUID.randomUUID()).body("message " + i).priority(i % 10);
            reaches.add(i % 4 == 3 ? reach.at(clock.instant().plusSeconds(60)).build() : reach.build());
        }
        queue().enqueueAll(reaches);
        Predicate<Delivery> isForLater = delivery -> number(delivery.body()) % 4 == 3;
        ScriptedSender sms = ScriptedSender.of(Channel.SMS).withConcurrency(1);
        Dispatcher node = node(OPTIONS.withBatch(10), sms);

        node.runOnce();
        assertThat(sms.given())
                .hasSize(10)
                .noneMatch(isForLater)
                .allMatch(delivery -> number(delivery.body()) % 10 == 0);
        runUntilIdle(node);
        assertThat(sms.given()).hasSize(MANY * 3 / 4).noneMatch(isForLater);
        clock.advance(Duration.ofSeconds(60));
        runUntilIdle(node);
        assertThat(sms.given()).hasSize(MANY);
    }

    private static void runUntilIdle(Dispatcher node) {
        Dispatcher.Pass pass = node.runOnce();
        for (int i = 0; i < MANY && !pass.isIdle(); i++) {
            pass = node.runOnce();
        }
    }

    @Test
    void callersTransactionGoesOnAfterAKnownOneOfABulk() throws SQLException {
        List<Reach> reaches = many(sms());
        queue().enqueue(reaches.getFirst());
        Reach before = sms().build();
        Reach after = sms().build();
        try (Connection connection = database().dataSource().getConnection()) {
            connection.setAutoCommit(false);
            queue().enqueue(connection, before);
            assertThat(queue().enqueueAll(connection, reaches))
                    .filteredOn(Receipt::duplicate)
                    .hasSize(1);
            queue().enqueue(connection, after);
            connection.commit();
        }
        assertState(before.id(), MessageState.PENDING);
        assertState(after.id(), MessageState.PENDING);
        assertThat(queue().counts().byState()).containsEntry(MessageState.PENDING, MANY + 2L);
    }

    @Test
    void outcomesOfABulkAreRecordedEachByItself() {
        List<Reach> reaches = many(sms().maxAttempts(1));
        queue().enqueueAll(reaches);
        ScriptedSender sms = ScriptedSender.of(Channel.SMS).withKeyLifetime(Duration.ZERO);
        sms.answering(delivery -> switch (number(delivery.body()) % 4) {
            case 0 -> new SendResult.Accepted(Optional.of("id of " + delivery.body()));
            case 1 -> new SendResult.Rejected("\"ünknown\"\n\\N " + delivery.body());
            case 2 -> ScriptedSender.notSent();
            default -> ScriptedSender.unknown();
        });

        node(sms).runOnce();

        for (Reach reach : reaches) {
            Status status = find(reach.id());
            int number = number(reach.body());
            assertThat(status.state())
                    .isEqualTo(
                            List.of(MessageState.SENT, MessageState.REJECTED, MessageState.DEAD, MessageState.UNKNOWN)
                                    .get(number % 4));
            assertThat(status.attempts()).hasSize(1);
            Attempt attempt = status.attempts().getFirst();
            assertThat(attempt.state()).isEqualTo(status.state());
            assertThat(attempt.providerId())
                    .isEqualTo(number % 4 == 0 ? Optional.of("id of " + reach.body()) : Optional.empty());
            assertThat(attempt.error().isPresent()).isEqualTo(number % 4 != 0);
            if (number % 4 == 1) {
                assertThat(attempt.error()).contains("\"ünknown\"\n\\N " + reach.body());
            }
        }
    }

    private static int number(String body) {
        return Integer.parseInt(body.substring("message ".length()));
    }

    @Test
    void ofOutcomesOfTwoLeasesThoseOfTheLostOneAreRefused() {
        List<Reach> lost = many(sms());
        List<Reach> kept = many(Reach.to("email:alice@example.com"));
        queue().enqueueAll(lost);
        queue().enqueueAll(kept);
        Dispatcher other = node(ScriptedSender.of(Channel.SMS));
        AtomicBoolean stalled = new AtomicBoolean();
        ScriptedSender sms = ScriptedSender.of(Channel.SMS).answering(delivery -> {
            if (stalled.compareAndSet(false, true)) {
                clock.advance(OPTIONS.lease().plusSeconds(1)); // As a SIGSTOP in the middle of the attempt would.
                assertThat(other.runOnce().rescued()).isEqualTo(MANY);
            }
            return accepted();
        });

        assertThat(node(sms, ScriptedSender.of(Channel.EMAIL)).runOnce().stale())
                .isEqualTo(MANY);

        for (Reach reach : lost) {
            assertThat(find(reach.id()).attempts()).extracting(Attempt::result).doesNotContain("RELEASED");
        }
        for (Reach reach : kept) {
            assertState(reach.id(), MessageState.SENT);
        }
    }
}
