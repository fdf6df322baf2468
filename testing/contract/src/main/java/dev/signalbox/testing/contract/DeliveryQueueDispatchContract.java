package dev.signalbox.testing.contract;

import static dev.signalbox.testing.contract.ScriptedSender.accepted;
import static dev.signalbox.testing.contract.ScriptedSender.notSent;
import static dev.signalbox.testing.contract.ScriptedSender.rejected;
import static dev.signalbox.testing.contract.ScriptedSender.unknown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue.Attempt;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.DispatcherListener;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Remark;
import dev.signalbox.delivery.queue.SendResult;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of a reach of one step, on a movable clock. */
public abstract class DeliveryQueueDispatchContract extends DeliveryQueueContract {
    private final ScriptedSender sms = ScriptedSender.of(Channel.SMS);

    @Test
    void urgentGoesFirstThenOldest() {
        enqueue(sms().body("second"));
        enqueue(sms().body("third"));
        enqueue(sms().body("last").priority(9));
        enqueue(sms().body("first").priority(0));
        node(sms).runOnce();
        assertThat(sms.given().stream().map(Delivery::body)).containsExactly("first", "second", "third", "last");
    }

    @Test
    void acceptedIsSentAndOnRecord() {
        UUID id = enqueueSms();
        sms.answering(new SendResult.Accepted(Optional.of("p-1")));
        assertThat(node(sms).runOnce()).isEqualTo(new Dispatcher.Pass(0, 0, 1, 0));

        assertThat(find(id).state()).isEqualTo(MessageState.SENT);
        assertThat(find(id).nextAttemptAt()).isEmpty();
        assertThat(find(id).attempts())
                .containsExactly(new Attempt(
                        1,
                        0,
                        Channel.SMS,
                        "+61400000000",
                        MessageState.SENT,
                        "ACCEPTED",
                        Optional.of("p-1"),
                        Optional.empty(),
                        clock.instant(),
                        0,
                        Remark.NONE));
        assertThat(node(sms).runOnce().isIdle()).isTrue();
    }

    @Test
    void senderSeesTheDelivery() {
        UUID id = enqueue(sms().header("a", "b"));
        node(sms).runOnce();
        assertThat(sms.given())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("permit")
                .containsExactly(new Delivery(
                        id, 0, 1, Channel.SMS, "+61400000000", "hello", java.util.Map.of("a", "b"), sms.timeout()));
    }

    @Test
    void traceOfTheCallerGoesWithEveryAttemptOfEveryStep() {
        enqueue(Reach.to("sms:+61400000000", "email:a@example.com")
                .body("hello")
                .maxAttempts(2)
                .traceparent(TRACE));
        enqueue(Reach.to("email:b@example.com").body("of no trace"));
        ScriptedSender email = ScriptedSender.of(Channel.EMAIL);
        List<Optional<String>> told = new CopyOnWriteArrayList<>();
        Dispatcher node = closing(Dispatcher.builder(queue())
                .senders(List.of(sms.answering(notSent()), email))
                .options(OPTIONS)
                .listener(new DispatcherListener() {
                    @Override
                    public void attempted(Delivery delivery, SendResult result, Duration took) {
                        told.add(delivery.traceparent());
                    }
                })
                .build());
        node.runOnce();
        clock.advance(Duration.ofSeconds(10));
        node.runOnce();
        node.runOnce();
        assertThat(sms.given())
                .extracting(Delivery::traceparent)
                .containsExactly(Optional.of(TRACE), Optional.of(TRACE));
        assertThat(email.given())
                .extracting(Delivery::traceparent)
                .containsExactlyInAnyOrder(Optional.empty(), Optional.of(TRACE));
        assertThat(told)
                .containsExactlyInAnyOrder(
                        Optional.of(TRACE), Optional.of(TRACE), Optional.of(TRACE), Optional.empty());
    }

    @Test
    void scheduledWaitsForItsTime() {
        UUID id = enqueue(sms().at(clock.instant().plusSeconds(60)));
        Dispatcher node = node(sms);
        clock.advance(Duration.ofSeconds(59));
        assertThat(node.runOnce().isIdle()).isTrue();
        clock.advance(Duration.ofSeconds(1));
        node.runOnce();
        assertState(id, MessageState.SENT);
    }

    @Test
    void failureIsRetriedWithGrowingWaits() {
        UUID id = enqueueSms();
        sms.answering(notSent());
        Dispatcher node = node(sms);
        node.runOnce();
        assertState(id, MessageState.RETRY_WAIT);
        assertThat(find(id).nextAttemptAt()).contains(clock.instant().plusSeconds(10));

        clock.advance(Duration.ofSeconds(10));
        node.runOnce();
        assertThat(find(id).nextAttemptAt()).contains(clock.instant().plusSeconds(20));

        clock.advance(Duration.ofSeconds(20));
        sms.answering(accepted());
        node.runOnce();
        assertState(id, MessageState.SENT);
        assertThat(sms.given()).extracting(Delivery::attempt).containsExactly(1, 2, 3);
    }

    @Test
    void providersWishToWaitIsGrantedWithinBounds() {
        UUID id = enqueueSms();
        Dispatcher node = node(sms.answering(new SendResult.NotSent("busy", Optional.of(Duration.ofMinutes(3)))));
        node.runOnce();
        assertThat(find(id).nextAttemptAt()).contains(clock.instant().plus(Duration.ofMinutes(3)));

        clock.advance(Duration.ofMinutes(3));
        sms.answering(new SendResult.NotSent("busy", Optional.of(Duration.ofDays(30))));
        node.runOnce();
        assertThat(find(id).nextAttemptAt()).contains(clock.instant().plus(RETRY.maxRetryAfter()));
    }

    @Test
    void usedUpBudgetEndsDeadWithTheReason() {
        UUID id = enqueue(sms().maxAttempts(2));
        Dispatcher node = node(sms.answering(notSent()));
        node.runOnce();
        clock.advance(Duration.ofMinutes(1));
        node.runOnce();

        assertState(id, MessageState.DEAD);
        assertThat(find(id).attempts().getLast().error()).contains("no line");
        assertThat(queue().counts().byState()).containsEntry(MessageState.DEAD, 1L);
        clock.advance(Duration.ofDays(1));
        assertThat(node.runOnce().isIdle()).isTrue();
    }

    @Test
    void refusalIsFinalAtOnce() {
        UUID id = enqueueSms();
        node(sms.answering(rejected())).runOnce();
        assertState(id, MessageState.REJECTED);
    }

    @Test
    void expiredIsNotSent() {
        UUID id = enqueue(sms().expiresAt(clock.instant().plusSeconds(5)));
        clock.advance(Duration.ofSeconds(5));
        node(sms).runOnce();
        assertState(id, MessageState.EXPIRED);
        assertThat(sms.given()).isEmpty();
    }

    @Test
    void retryThatWouldComeAfterTheExpiryEndsExpired() {
        UUID id = enqueue(sms().expiresAt(clock.instant().plusSeconds(9)));
        node(sms.answering(notSent())).runOnce();
        assertState(id, MessageState.EXPIRED);
        assertThat(find(id).attempts()).hasSize(1);
    }

    @Test
    void doubtIsRetriedWithTheSameKeyWhereTheProviderKnowsIt() {
        UUID id = enqueueSms();
        Dispatcher node = node(sms.answering(unknown()));
        node.runOnce();
        assertState(id, MessageState.RETRY_WAIT);
        clock.advance(Duration.ofSeconds(10));
        sms.answering(accepted());
        node.runOnce();
        assertState(id, MessageState.SENT);
        assertThat(sms.given()).extracting(Delivery::idempotencyKey).containsOnly(id.toString());
    }

    @Test
    void doubtIsParkedWhereTheProviderCannotTell() {
        UUID id = enqueue(sms());
        ScriptedSender keyless = sms.withKeyLifetime(Duration.ZERO).answering(unknown());
        Dispatcher node = node(keyless);
        node.runOnce();
        assertState(id, MessageState.UNKNOWN);
        clock.advance(Duration.ofDays(1));
        node.runOnce();
        assertThat(keyless.given()).hasSize(1);
    }

    @Test
    void doubtIsParkedOnceTheProviderHasForgottenTheKey() {
        UUID id = enqueueSms();
        ScriptedSender forgetful = sms.withKeyLifetime(Duration.ofSeconds(25)).answering(unknown());
        Dispatcher node = node(forgetful);
        node.runOnce();
        assertState(id, MessageState.RETRY_WAIT);
        clock.advance(Duration.ofSeconds(25));
        node.runOnce();
        assertState(id, MessageState.UNKNOWN);
        assertThat(forgetful.given()).hasSize(1);
    }

    @Test
    void senderThatThrowsLeavesDoubt() {
        UUID id = enqueueSms();
        node(sms.withKeyLifetime(Duration.ZERO).answering(delivery -> {
                    throw new IllegalStateException("broken");
                }))
                .runOnce();
        assertState(id, MessageState.UNKNOWN);
        assertThat(find(id).attempts().getLast().error())
                .hasValueSatisfying(error -> assertThat(error).contains("broken"));
    }

    @Test
    void senderThatReturnsNothingLeavesDoubt() {
        for (ScriptedSender.Script script : List.<ScriptedSender.Script>of(
                delivery -> Nothing.result(), delivery -> new SendResult.Accepted(Nothing.providerId()))) {
            UUID id = enqueueSms();
            node(sms.withKeyLifetime(Duration.ZERO).answering(script)).runOnce();
            assertState(id, MessageState.UNKNOWN);
        }
    }

    @Test
    void accountsFaultPausesTheChannelAndCostsNoAttempt() {
        List<UUID> ids = List.of(enqueue(sms().maxAttempts(1)), enqueue(sms().maxAttempts(1)));
        sms.answering(new SendResult.NotSent("401", Optional.empty(), SendResult.Scope.ACCOUNT));
        Dispatcher node = node(sms);
        node.runOnce();
        assertThat(node.health().level()).isEqualTo(Dispatcher.Level.DEGRADED);
        assertThat(node.health().problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("channel sms is paused", "401"));
        UUID later = enqueueSms();
        assertThat(node.runOnce().claimed()).as("claimed while it is paused").isZero();
        for (int i = 0; i < 10; i++) {
            clock.advance(Duration.ofMinutes(5));
            assertThat(node.runOnce().claimed()).as("tries the account").isEqualTo(1);
        }
        ids.forEach(id -> assertState(id, MessageState.PENDING));

        sms.answering(accepted());
        clock.advance(Duration.ofMinutes(5));
        node.runOnce();
        clock.advance(Duration.ofMinutes(5));
        node.runOnce();
        ids.forEach(id -> assertState(id, MessageState.SENT));
        assertState(later, MessageState.SENT);
        assertThat(node.health().level()).isEqualTo(Dispatcher.Level.UP);
    }

    @Test
    void rowThatCannotBeReadEndsDeadAndHoldsUpNoOther() {
        List<String> unreadable = List.of(
                "steps = 'nonsense'", "headers = '{\"\": \"x\"}'", "headers = 'no json'", "headers = '{\"a\": [1]}'");
        List<UUID> bad = new ArrayList<>();
        for (String mistake : unreadable) {
            bad.add(enqueueSms());
            overwrite(bad.getLast(), mistake);
        }
        UUID good = enqueue(sms().priority(9));
        AtomicInteger told = new AtomicInteger();
        Dispatcher node = closing(Dispatcher.builder(queue())
                .sender(sms)
                .options(OPTIONS.withBatch(2))
                .listener(new DispatcherListener() {
                    @Override
                    public void quarantined(Channel channel, int count) {
                        told.addAndGet(count);
                    }
                })
                .build());
        while (!node.runOnce().isIdle()) {
            assertThat(sms.given()).hasSizeLessThan(2);
        }
        assertState(good, MessageState.SENT);
        for (UUID id : bad) {
            assertState(id, MessageState.DEAD);
            assertThat(find(id).attempts().getLast().error())
                    .hasValueSatisfying(error -> assertThat(error).contains("cannot be read"));
            assertThat(queue().retry(id)).as("retried as it is").contains(MessageState.DEAD);
        }
        assertThat(told).hasValue(unreadable.size());
        assertThat(queue().list(filter(Optional.empty(), 50)).items()).hasSize(unreadable.size() + 1);
        assertThat(queue().overview().errors()).isNotEmpty();
    }

    private void overwrite(UUID id, String assignment) {
        database().transact(connection -> {
            String hex = id.toString().replace("-", "");
            String where = switch (database().dialect()) {
                case POSTGRESQL -> "'" + id + "'";
                case MYSQL, SQLITE -> "x'" + hex + "'";
                case SQLSERVER -> "0x" + hex;
            };
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate("update delivery_message set " + assignment + " where id = " + where);
            }
        });
    }

    @Test
    void channelWithoutASenderIsLeftAlone() {
        UUID id = enqueue(Reach.to("email:bob@example.com").body("hello"));
        assertThat(node(sms).runOnce().isIdle()).isTrue();
        assertState(id, MessageState.PENDING);
    }

    @Test
    void providersOddTextIsKept() {
        UUID id = enqueueSms();
        node(sms.answering(new SendResult.Rejected("nul \0, quote ' and " + "long ".repeat(500))))
                .runOnce();
        assertState(id, MessageState.REJECTED);
        assertThat(find(id).attempts().getFirst().error().orElseThrow()).hasSize(1_000);
    }

    @Test
    void startedDispatcherTakesNoStepsByHand() {
        Dispatcher node = node(sms);
        node.start();
        assertThatThrownBy(node::runOnce).isInstanceOf(IllegalStateException.class);
    }
}
