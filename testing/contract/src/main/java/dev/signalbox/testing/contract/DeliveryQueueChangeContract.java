package dev.signalbox.testing.contract;

import static dev.signalbox.testing.contract.ScriptedSender.accepted;
import static dev.signalbox.testing.contract.ScriptedSender.notSent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Action;
import dev.signalbox.delivery.queue.DeliveryQueue.Attempt;
import dev.signalbox.delivery.queue.DeliveryQueue.BulkChange;
import dev.signalbox.delivery.queue.DeliveryQueue.Change;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Remark;
import dev.signalbox.delivery.queue.SendResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What operators do to reaches, one at a time and many at once. */
public abstract class DeliveryQueueChangeContract extends DeliveryQueueContract {
    private static final Remark REMARK = Remark.by("alice").withNote("asked the provider\nby phone");

    private final ScriptedSender sms = ScriptedSender.of(Channel.SMS);

    /** One whose only attempt is in doubt for good. */
    private UUID unknown(Reach.Builder reach) {
        UUID id = enqueue(reach.maxAttempts(1));
        node(ScriptedSender.of(Channel.SMS).answering(delivery -> new SendResult.Unknown("no answer")))
                .runOnce();
        assertState(id, MessageState.UNKNOWN);
        return id;
    }

    private Optional<Change> resolve(UUID id, Action action) {
        return queue().change(id, action, REMARK);
    }

    private Attempt last(UUID id) {
        return find(id).attempts().getLast();
    }

    @Test
    void arrivedBecomesSentAndSaysWhoSaidSo() {
        UUID id = unknown(sms());
        assertThat(resolve(id, Action.RESOLVE_ARRIVED)).contains(new Change(MessageState.SENT, true));
        assertState(id, MessageState.SENT);
        assertThat(last(id).result()).isEqualTo("ARRIVED");
        assertThat(last(id).remark()).isEqualTo(REMARK);
        assertThat(queue().counts().byState())
                .containsEntry(MessageState.SENT, 1L)
                .containsEntry(MessageState.UNKNOWN, 0L);
        assertThat(resolve(id, Action.RESOLVE_ARRIVED)).contains(new Change(MessageState.SENT, false));
    }

    @Test
    void notArrivedGoesOnWithTheNextStep() {
        UUID id =
                unknown(Reach.to("sms:+61400000000", "email:alice@example.com").body("hello"));
        assertThat(resolve(id, Action.RESOLVE_NOT_ARRIVED)).contains(new Change(MessageState.PENDING, true));
        assertState(id, MessageState.PENDING);
        node(ScriptedSender.of(Channel.EMAIL)).runOnce();
        assertState(id, MessageState.SENT);
        assertThat(last(id).address()).isEqualTo("alice@example.com");
    }

    @Test
    void notArrivedAtTheLastStepIsDead() {
        UUID id = unknown(sms());
        assertThat(resolve(id, Action.RESOLVE_NOT_ARRIVED)).contains(new Change(MessageState.DEAD, true));
        assertState(id, MessageState.DEAD);
        assertThat(last(id).error())
                .hasValueSatisfying(reason -> assertThat(reason).contains("not arrived"));
        assertThat(queue().retry(id)).contains(MessageState.PENDING);
    }

    @Test
    void notArrivedAfterItsExpiryIsExpired() {
        UUID id = unknown(Reach.to("sms:+61400000000", "email:alice@example.com")
                .body("hello")
                .expiresAt(clock.instant().plusSeconds(60)));
        clock.advance(Duration.ofMinutes(2));
        assertThat(resolve(id, Action.RESOLVE_RETRY)).contains(new Change(MessageState.UNKNOWN, false));
        assertThat(resolve(id, Action.RESOLVE_NOT_ARRIVED)).contains(new Change(MessageState.EXPIRED, true));
        assertState(id, MessageState.EXPIRED);
    }

    @Test
    void retriedBeginsAnewFromTheFirstStep() {
        UUID id = unknown(sms());
        assertThat(resolve(id, Action.RESOLVE_RETRY)).contains(new Change(MessageState.PENDING, true));
        assertThat(last(id).remark()).isEqualTo(REMARK);
        node(ScriptedSender.of(Channel.SMS)).runOnce();
        assertState(id, MessageState.SENT);
    }

    @Test
    void onlyUnknownCanBeResolved() {
        UUID pending = enqueueSms();
        UUID cancelled = enqueueSms();
        queue().cancel(cancelled);
        for (Action action : List.of(Action.RESOLVE_ARRIVED, Action.RESOLVE_NOT_ARRIVED, Action.RESOLVE_RETRY)) {
            assertThat(resolve(pending, action)).contains(new Change(MessageState.PENDING, false));
            assertThat(resolve(cancelled, action)).contains(new Change(MessageState.CANCELLED, false));
            assertThat(resolve(UUID.randomUUID(), action)).isEmpty();
        }
    }

    @Test
    void ofConcurrentResolutionsOneDecides() throws Exception {
        UUID id = unknown(sms());
        List<Callable<Optional<Change>>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Action action = i % 2 == 0 ? Action.RESOLVE_ARRIVED : Action.RESOLVE_RETRY;
            calls.add(() -> resolve(id, action));
        }
        int changed = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Optional<Change>> call : threads.invokeAll(calls)) {
                changed += call.get().orElseThrow().changed() ? 1 : 0;
            }
        }
        assertThat(changed).isEqualTo(1);
        assertThat(find(id).attempts()).hasSize(2);
    }

    @Test
    void cancelAndRetrySayWhoAndWhy() {
        UUID id = enqueueSms();
        assertThat(queue().change(id, Action.CANCEL, REMARK)).contains(new Change(MessageState.CANCELLED, true));
        assertThat(last(id).remark()).isEqualTo(REMARK);
        assertThat(queue().change(id, Action.CANCEL, REMARK)).contains(new Change(MessageState.CANCELLED, false));
        assertThat(queue().change(id, Action.RETRY, Remark.by("bob"))).contains(new Change(MessageState.PENDING, true));
        assertThat(last(id).remark()).isEqualTo(Remark.by("bob"));
    }

    @Test
    void newKeyIsSeenFromThenOnAndOnlyWhereItWasAskedFor() {
        UUID id = enqueue(Reach.to("email:a@example.com", "sms:+61400000000").body("x"));
        ScriptedSender email = ScriptedSender.of(Channel.EMAIL).answering(ScriptedSender.rejected());
        ScriptedSender sms = ScriptedSender.of(Channel.SMS).answering(ScriptedSender.rejected());
        Dispatcher node = node(email, sms);
        for (Action action : List.of(Action.RETRY, Action.RETRY_NEW_KEY, Action.RETRY, Action.RETRY_NEW_KEY)) {
            node.runOnce();
            node.runOnce();
            assertThat(queue().change(id, action, REMARK)).contains(new Change(MessageState.PENDING, true));
        }
        node.runOnce();
        assertThat(email.given())
                .extracting(Delivery::idempotencyKey)
                .containsExactly(id + "", id + "", id + ".r1", id + ".r1", id + ".r2");
        assertThat(sms.given())
                .extracting(Delivery::idempotencyKey)
                .containsExactly(id + ".1", id + ".1", id + ".1.r1", id + ".1.r1");
        assertThat(find(id).attempts())
                .extracting(DeliveryQueue.Attempt::result)
                .filteredOn(result -> result.startsWith("RE") && !result.equals("REJECTED"))
                .containsExactly("REVIVED", "REKEYED", "REVIVED", "REKEYED");
    }

    @Test
    void remarksOutOfBoundsAreRefusedByName() {
        assertThatIllegalArgumentException().isThrownBy(() -> Remark.by("")).withMessageStartingWith("actor");
        assertThatIllegalArgumentException().isThrownBy(() -> Remark.by("a\nb")).withMessageStartingWith("actor");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Remark.by("a").withNote("\u001b[31m"))
                .withMessageStartingWith("note");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Remark.by("a").withNote("n".repeat(1_001)))
                .withMessageStartingWith("note");
    }

    @Test
    void manyAreChangedByFilterUpToTheLimit() {
        for (int i = 0; i < 250; i++) {
            enqueue(sms().body(i % 2 == 0 ? "even" : "odd"));
        }
        MessageFilter even = MessageFilter.ALL.withState(MessageState.PENDING).withText(Optional.of("even"));
        BulkChange dry = queue().changeAll(even.withLimit(1_000), Action.CANCEL, REMARK, true);
        assertThat(dry).isEqualTo(new BulkChange(125, 0, Optional.empty()));
        assertThat(queue().counts().byState()).containsEntry(MessageState.PENDING, 250L);

        BulkChange some = queue().changeAll(even.withLimit(110), Action.CANCEL, REMARK, false);
        assertThat(some.matched()).isEqualTo(110);
        assertThat(some.changed()).isEqualTo(110);
        assertThat(some.next()).isPresent();
        BulkChange rest =
                queue().changeAll(even.withLimit(1_000).withCursor(some.next()), Action.CANCEL, REMARK, false);
        assertThat(rest).isEqualTo(new BulkChange(15, 15, Optional.empty()));
        assertThat(queue().counts().byState())
                .containsEntry(MessageState.PENDING, 125L)
                .containsEntry(MessageState.CANCELLED, 125L);

        MessageFilter cancelled =
                MessageFilter.ALL.withState(MessageState.CANCELLED).withLimit(1_000);
        assertThat(queue().changeAll(cancelled, Action.RETRY, REMARK, false).changed())
                .isEqualTo(125);
        assertThat(queue().counts().byState()).containsEntry(MessageState.PENDING, 250L);
    }

    @Test
    void changeOfManyNamesAStateThatFits() {
        UUID id = unknown(sms());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> queue().changeAll(MessageFilter.ALL, Action.CANCEL, REMARK, false))
                .withMessageStartingWith("state is missing");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        queue().changeAll(MessageFilter.ALL.withState(MessageState.SENT), Action.RETRY, REMARK, false))
                .withMessageStartingWith("state is SENT");
        assertThat(queue().changeAll(MessageFilter.ALL, Action.RESOLVE_ARRIVED, REMARK, false))
                .isEqualTo(new BulkChange(1, 1, Optional.empty()));
        assertState(id, MessageState.SENT);
    }

    @Test
    void cancelledIsNeverSent() {
        UUID ready = enqueueSms();
        UUID scheduled = enqueue(sms().at(clock.instant().plusSeconds(60)));
        assertThat(List.of(queue().cancel(ready), queue().cancel(scheduled)))
                .containsOnly(Optional.of(MessageState.CANCELLED));
        clock.advance(Duration.ofMinutes(2));
        node(sms).runOnce();
        assertThat(sms.given()).isEmpty();
        assertState(ready, MessageState.CANCELLED);
        assertThat(find(ready).attempts()).extracting(Attempt::result).containsExactly("CANCELLED");
        assertThat(queue().cancel(ready)).contains(MessageState.CANCELLED);
    }

    @Test
    void whatIsBeingSentCannotBeCancelled() {
        UUID id = enqueueSms();
        node(sms.answering(delivery -> {
                    assertThat(queue().cancel(id)).contains(MessageState.CLAIMED);
                    assertState(id, MessageState.CLAIMED);
                    assertThat(queue().counts().byState()).containsEntry(MessageState.CLAIMED, 1L);
                    assertThat(queue().list(filter(Optional.of(MessageState.CLAIMED), 5))
                                    .items())
                            .hasSize(1);
                    return accepted();
                }))
                .runOnce();
        assertThat(queue().cancel(id)).contains(MessageState.SENT);
        assertState(id, MessageState.SENT);
    }

    @Test
    void whatMayHaveBeenSentIsUnknownAfterACancel() {
        UUID id = enqueueSms();
        Dispatcher node = node(sms.withKeyLifetime(Duration.ofMinutes(5)).answering(ScriptedSender.unknown()));
        node.runOnce();
        assertState(id, MessageState.RETRY_WAIT);
        assertThat(queue().cancel(id)).contains(MessageState.UNKNOWN);
        assertThat(find(id).attempts()).extracting(Attempt::result).containsExactly("UNKNOWN", "CANCELLED");
        clock.advance(Duration.ofMinutes(1));
        assertThat(node.runOnce().isIdle()).isTrue();
        assertState(id, MessageState.UNKNOWN);
    }

    @Test
    void failedRetryCanBeCancelledWhileItWaits() {
        UUID id = enqueueSms();
        Dispatcher node = node(sms.answering(notSent()));
        node.runOnce();
        assertThat(queue().cancel(id)).contains(MessageState.CANCELLED);
        clock.advance(Duration.ofMinutes(1));
        assertThat(node.runOnce().isIdle()).isTrue();
    }

    @Test
    void onlyWhatEndedUnsentIsRevived() {
        UUID sent = enqueueSms();
        UUID expiring = enqueue(sms().expiresAt(clock.instant().plusSeconds(5)).priority(9));
        Dispatcher node = node(sms.answering(delivery -> {
            clock.advance(Duration.ofSeconds(5));
            return accepted();
        }));
        assertThat(queue().retry(sent)).contains(MessageState.PENDING);
        node.runOnce();
        assertThat(queue().retry(sent)).contains(MessageState.SENT);
        assertThat(queue().retry(expiring)).contains(MessageState.EXPIRED);
        assertThat(sms.given()).hasSize(1);
    }
}
