package dev.signalbox.testing.contract;

import static dev.signalbox.testing.contract.ScriptedSender.accepted;
import static dev.signalbox.testing.contract.ScriptedSender.notSent;
import static dev.signalbox.testing.contract.ScriptedSender.rejected;
import static dev.signalbox.testing.contract.ScriptedSender.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue.Attempt;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How the steps of a reach follow one another, on a movable clock. */
public abstract class DeliveryQueueStepContract extends DeliveryQueueContract {
    private final ScriptedSender sms = ScriptedSender.of(Channel.SMS);
    private final ScriptedSender live = ScriptedSender.of(Channel.LIVE);

    private static Reach.Builder chain() {
        return Reach.to("client:alice within 15s", "sms:+61400000000").body("hello");
    }

    @Test
    void doubtOutlivesALaterCertainFailure() {
        UUID id = enqueue(chain().maxAttempts(2));
        Dispatcher node = node(live.answering(unknown()), sms);
        node.runOnce();
        clock.advance(Duration.ofSeconds(10));
        live.answering(notSent());
        node.runOnce();
        assertState(id, MessageState.UNKNOWN);
        assertThat(sms.given()).isEmpty();
    }

    @Test
    void stepOfAChannelThatNoNodeServesFallsBackWhenItsTimeIsOver() {
        UUID chained = enqueue(chain());
        UUID expiring = enqueue(
                Reach.to("client:alice").body("x").expiresAt(clock.instant().plusSeconds(20)));
        UUID patient = enqueue(Reach.to("client:alice").body("x"));
        Dispatcher node = node(sms);
        node.runOnce();
        assertState(chained, MessageState.PENDING);
        clock.advance(Duration.ofSeconds(31));
        node.runOnce();
        node.runOnce();
        assertState(chained, MessageState.SENT);
        assertState(expiring, MessageState.EXPIRED);
        assertState(patient, MessageState.PENDING);
        assertThat(find(chained).attempts()).extracting(Attempt::result).containsExactly("TIMED_OUT", "ACCEPTED");
        assertThat(node.health().problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("channel client", "no node serves"));
    }

    @Test
    void stepOfAChannelThatAnotherNodeServesKeepsItsTime() {
        Dispatcher other = node(live.answering(accepted()));
        other.runOnce();
        UUID id = enqueue(chain());
        Dispatcher node = node(sms);
        for (int i = 0; i < 5; i++) {
            clock.advance(Duration.ofSeconds(10));
            node.runOnce();
        }
        assertState(id, MessageState.PENDING);
        other.runOnce();
        assertState(id, MessageState.SENT);
        assertThat(sms.given()).isEmpty();
    }

    @Test
    void nextStepFollowsAtOnce() {
        UUID id = enqueue(chain());
        Dispatcher node = node(live.answering(rejected()), sms);
        node.runOnce();
        node.runOnce();
        assertState(id, MessageState.SENT);
        assertThat(sms.given()).extracting(Delivery::idempotencyKey).containsExactly(id + ".1");
        assertThat(find(id).attempts())
                .extracting(Attempt::state)
                .containsExactly(MessageState.PENDING, MessageState.SENT);
    }

    @Test
    void stepsTimeLimitCountsFromItsFirstClaim() {
        UUID id = enqueue(chain());
        clock.advance(Duration.ofHours(1));
        Dispatcher node = node(live.answering(notSent()), sms);
        node.runOnce();
        assertThat(live.given().getFirst().remaining()).isEqualTo(sms.timeout());
        assertState(id, MessageState.RETRY_WAIT);

        clock.advance(Duration.ofSeconds(10));
        node.runOnce();
        assertThat(live.given().getLast().remaining()).isEqualTo(Duration.ofSeconds(5));
        node.runOnce();
        assertState(id, MessageState.SENT);
        assertThat(live.given()).hasSize(2);
        assertThat(sms.given()).hasSize(1);
    }

    @Test
    void lateStepIsSkippedWithoutAnAttempt() {
        UUID id = enqueue(chain());
        Dispatcher node = node(live.answering(notSent()), sms);
        node.runOnce();
        clock.advance(Duration.ofSeconds(15));
        node.runOnce();
        node.runOnce();
        assertState(id, MessageState.SENT);
        assertThat(live.given()).hasSize(1);
        assertThat(find(id).attempts())
                .extracting(Attempt::result)
                .containsExactly("NOT_SENT", "TIMED_OUT", "ACCEPTED");
    }

    @Test
    void lastStepsFailureEndsTheChain() {
        UUID refused = enqueue(chain());
        Dispatcher node = node(live.answering(notSent()), sms.answering(rejected()));
        node.runOnce();
        clock.advance(Duration.ofSeconds(15));
        node.runOnce();
        node.runOnce();
        assertState(refused, MessageState.REJECTED);
    }

    @Test
    void doubtNeverPassesOnToTheNextStep() {
        UUID id = enqueue(chain());
        Dispatcher node = node(live.withKeyLifetime(Duration.ZERO).answering(unknown()), sms);
        node.runOnce();
        clock.advance(Duration.ofMinutes(1));
        node.runOnce();
        assertState(id, MessageState.UNKNOWN);
        assertThat(sms.given()).isEmpty();
    }

    @Test
    void revivedStartsAnewFromItsFirstStep() {
        UUID id = enqueue(chain().maxAttempts(1));
        Dispatcher node = node(live.answering(notSent()), sms.answering(notSent()));
        node.runOnce();
        node.runOnce();
        assertState(id, MessageState.DEAD);

        assertThat(queue().retry(id)).contains(MessageState.PENDING);
        assertState(id, MessageState.PENDING);
        assertThat(queue().counts().byState())
                .containsEntry(MessageState.DEAD, 0L)
                .containsEntry(MessageState.PENDING, 1L);
        live.answering(accepted());
        node.runOnce();
        assertState(id, MessageState.SENT);
        assertThat(find(id).attempts())
                .extracting(Attempt::result)
                .containsExactly("NOT_SENT", "NOT_SENT", "REVIVED", "ACCEPTED");
    }
}
