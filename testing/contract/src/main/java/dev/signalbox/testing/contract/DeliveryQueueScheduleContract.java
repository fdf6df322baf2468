package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue.Attempt;
import dev.signalbox.delivery.queue.DeliveryQueue.Change;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Remark;
import dev.signalbox.delivery.queue.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Messages that wait get another time or priority. */
public abstract class DeliveryQueueScheduleContract extends DeliveryQueueContract {
    private static final Remark REMARK = Remark.by("alice").withNote("a doctor waits");
    private static final Duration HOUR = Duration.ofHours(1);

    private final ScriptedSender sms = ScriptedSender.of(Channel.SMS);

    private Optional<Change> reschedule(UUID id, Schedule schedule) {
        return queue().reschedule(id, schedule, REMARK);
    }

    @Test
    void dueMessageIsPutOffAndThenSent() {
        UUID id = enqueueSms();
        Instant later = clock.instant().plus(HOUR);
        assertThat(reschedule(id, Schedule.at(later))).contains(new Change(MessageState.PENDING, true));
        assertThat(find(id).nextAttemptAt()).contains(later);
        Attempt event = find(id).attempts().getLast();
        assertThat(event.result()).isEqualTo("RESCHEDULED");
        assertThat(event.remark()).isEqualTo(REMARK);

        Dispatcher node = node(sms);
        clock.advance(HOUR.minusMillis(1));
        node.runOnce();
        assertThat(sms.given()).isEmpty();
        clock.advance(Duration.ofMillis(1));
        node.runOnce();
        assertState(id, MessageState.SENT);
    }

    @Test
    void lateMessageIsBroughtForward() {
        UUID id = enqueue(sms().at(clock.instant().plus(HOUR)));
        assertThat(reschedule(id, Schedule.at(clock.instant().minus(HOUR))))
                .contains(new Change(MessageState.PENDING, true));
        node(sms).runOnce();
        assertState(id, MessageState.SENT);
    }

    @Test
    void priorityDecidesWhoIsFirst() {
        UUID first = enqueueSms();
        UUID second = enqueueSms();
        UUID last = enqueueSms();
        reschedule(last, Schedule.withPriority(0));
        reschedule(first, Schedule.withPriority(9));
        assertThat(find(last).reach().priority()).isZero();
        node(sms).runOnce();
        assertThat(sms.given()).extracting(Delivery::id).containsExactly(last, second, first);
    }

    @Test
    void whatWasSpentStays() {
        UUID id = enqueue(sms().maxAttempts(2));
        Dispatcher node = node(sms.answering(ScriptedSender.notSent()));
        node.runOnce();
        assertThat(reschedule(id, Schedule.at(clock.instant()))).contains(new Change(MessageState.RETRY_WAIT, true));
        node.runOnce();
        assertState(id, MessageState.DEAD);
        assertThat(sms.given()).extracting(Delivery::attempt).containsExactly(1, 3);
    }

    @Test
    void keyOfADoubtfulAttemptStaysAndItsDoubt() {
        UUID id = enqueue(
                Reach.to("sms:+61400000000", "email:a@example.com").body("x").maxAttempts(2));
        Dispatcher node = node(sms.answering(ScriptedSender.unknown()));
        node.runOnce();
        reschedule(id, Schedule.at(clock.instant()));
        node.runOnce();
        assertState(id, MessageState.UNKNOWN);
        assertThat(sms.given()).extracting(Delivery::idempotencyKey).containsExactly(id + "", id + "");
    }

    @Test
    void onlyWhatWaitsIsRescheduled() {
        UUID id = enqueueSms();
        AtomicReference<Optional<Change>> claimed = new AtomicReference<>(Optional.empty());
        node(sms.answering(delivery -> {
                    claimed.set(reschedule(id, Schedule.withPriority(1)));
                    return ScriptedSender.accepted();
                }))
                .runOnce();
        assertThat(claimed.get()).contains(new Change(MessageState.CLAIMED, false));
        assertThat(reschedule(id, Schedule.withPriority(1))).contains(new Change(MessageState.SENT, false));
        assertThat(reschedule(UUID.randomUUID(), Schedule.withPriority(1))).isEmpty();
        assertThat(find(id).attempts()).hasSize(1);
    }

    @Test
    void timeAfterTheExpiryIsRefused() {
        UUID id = enqueue(sms().expiresAt(clock.instant().plus(HOUR)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reschedule(id, Schedule.at(clock.instant().plus(HOUR))))
                .withMessageStartingWith("at is not before the message's expiry");
        assertThat(find(id).attempts()).isEmpty();
    }

    @Test
    void repeatOfARescheduledMessageIsStillTheSame() {
        Reach reach = sms().dedupeKey("once").priority(4).build();
        queue().enqueue(reach);
        reschedule(reach.id(), new Schedule(Optional.of(clock.instant().plus(HOUR)), Optional.of(1)));
        assertThat(queue().enqueue(sms().dedupeKey("once").priority(4).build()).id())
                .isEqualTo(reach.id());
        assertThat(queue().enqueueAll(
                                List.of(sms().dedupeKey("once").priority(1).build()))
                        .getFirst()
                        .differing())
                .containsExactly("priority");
    }

    @Test
    void schedulesOutOfBoundsAreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Schedule(Optional.empty(), Optional.empty()))
                .withMessageStartingWith("schedule");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedule.withPriority(10))
                .withMessageStartingWith("priority");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedule.at(Instant.EPOCH))
                .withMessageStartingWith("at ");
    }
}
