package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.FlowControl;
import dev.signalbox.delivery.queue.FlowControl.LaneStatus;
import dev.signalbox.delivery.queue.FlowControl.Pause;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Remark;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Channels that an operator pauses on all nodes, and a provider that a circuit breaker leaves alone. */
public abstract class DeliveryQueueFlowContract extends DeliveryQueueContract {
    private static final Optional<Channel> SMS = Optional.of(Channel.SMS);
    private static final Optional<Channel> ALL = Optional.empty();
    private static final Remark REMARK = Remark.by("alice").withNote("the provider asked for it");
    private static final Duration LONG = Duration.ofSeconds(30);

    private final ScriptedSender sms = ScriptedSender.of(Channel.SMS);
    private final ScriptedSender email = ScriptedSender.of(Channel.EMAIL);

    private UUID enqueueEmail() {
        return enqueue(Reach.to(Channel.EMAIL, "a@example.com").body("x"));
    }

    private FlowControl flow() {
        return queue().flow();
    }

    @Test
    void pausedChannelIsClaimedByNoNodeAndOthersGoOn() {
        UUID text = enqueueSms();
        UUID mail = enqueueEmail();
        Dispatcher first = node(sms, email);
        Dispatcher second = node(sms, email);
        flow().pause(SMS, REMARK);
        first.runOnce();
        second.runOnce();
        assertState(text, MessageState.PENDING);
        assertState(mail, MessageState.SENT);

        assertThat(flow().resume(SMS)).isTrue();
        assertThat(flow().resume(SMS)).isFalse();
        second.runOnce();
        assertState(text, MessageState.SENT);
    }

    @Test
    void pauseOfAllAndThatOfAChannelAreApart() {
        UUID text = enqueueSms();
        UUID mail = enqueueEmail();
        Dispatcher node = node(sms, email);
        flow().pause(SMS, Remark.NONE);
        flow().pause(ALL, REMARK);
        node.runOnce();
        assertThat(sms.given()).isEmpty();
        assertThat(email.given()).isEmpty();
        assertThat(flow().pauses()).extracting(Pause::channel).containsExactly(ALL, SMS);

        assertThat(flow().resume(ALL)).isTrue();
        node.runOnce();
        assertState(mail, MessageState.SENT);
        assertState(text, MessageState.PENDING);
    }

    @Test
    void firstPauseStandsWithItsRemark() {
        Pause first = flow().pause(SMS, REMARK);
        assertThat(first).isEqualTo(new Pause(SMS, clock.instant(), REMARK));
        clock.advance(Duration.ofMinutes(1));
        assertThat(flow().pause(SMS, Remark.by("bob"))).isEqualTo(first);
        assertThat(flow().pauses()).containsExactly(first);
    }

    @Test
    void whatExpiresInAPauseIsNotSentAfterIt() {
        UUID id = enqueue(sms().expiresAt(clock.instant().plusSeconds(60)));
        flow().pause(SMS, REMARK);
        Dispatcher node = node(sms);
        node.runOnce();
        clock.advance(Duration.ofMinutes(2));
        node.runOnce();
        assertState(id, MessageState.PENDING);
        flow().resume(SMS);
        node.runOnce();
        assertState(id, MessageState.EXPIRED);
        assertThat(sms.given()).isEmpty();
    }

    @Test
    void pauseGivesBackWhatIsClaimedAndNotBegunAndLetsTheRestEnd() throws Exception {
        for (int i = 0; i < 4; i++) {
            enqueueSms();
        }
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch ends = new CountDownLatch(1);
        Dispatcher node = node(sms.withConcurrency(1).answering(delivery -> {
            begun.countDown();
            ends.await();
            return ScriptedSender.accepted();
        }));
        closing(ends::countDown);
        node.start();
        begun.await();
        flow().pause(SMS, REMARK);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(queue().counts().byState())
                        .containsEntry(MessageState.PENDING, 3L)
                        .containsEntry(MessageState.CLAIMED, 1L));
        assertThat(node.health().problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("channel sms is paused on all nodes"));
        ends.countDown();
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(queue().counts().byState())
                        .containsEntry(MessageState.PENDING, 3L)
                        .containsEntry(MessageState.SENT, 1L));
        flow().resume(SMS);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(queue().counts().byState()).containsEntry(MessageState.SENT, 4L));
    }

    @Test
    void lanesTellHowTheyStand() {
        enqueueSms();
        enqueueSms();
        enqueue(sms().at(clock.instant().plusSeconds(3_600)));
        enqueueEmail();
        flow().pause(Optional.of(Channel.EMAIL), REMARK);
        node(email).runOnce();
        List<LaneStatus> lanes = flow().lanes();
        Pause paused = new Pause(Optional.of(Channel.EMAIL), clock.instant(), REMARK);
        Optional<Instant> since = Optional.of(clock.instant());
        assertThat(lanes)
                .containsExactly(
                        new LaneStatus(Channel.EMAIL, 1, 0, true, 0, since, true, Optional.of(paused)),
                        new LaneStatus(Channel.SMS, 2, 1, true, 0, since, false, Optional.empty()));
    }

    @Test
    void failingProviderIsLeftAloneAndTriedByOneMessageAtATime() {
        for (int i = 0; i < 10; i++) {
            enqueueSms();
        }
        sms.sharingAProvider().answering(ScriptedSender.notSent());
        Dispatcher node = node(OPTIONS.withBatch(1).withBreaker(3), sms);
        for (int i = 0; i < 10; i++) {
            node.runOnce();
        }
        assertThat(sms.given()).hasSize(3);
        assertThat(node.health().problem())
                .hasValueSatisfying(problem ->
                        assertThat(problem).contains("channel sms is paused on this node", "failed 3 times in a row"));

        clock.advance(Duration.ofSeconds(5));
        node.runOnce();
        node.runOnce();
        assertThat(sms.given()).hasSize(4);

        clock.advance(Duration.ofSeconds(10));
        sms.answering(ScriptedSender.accepted());
        for (int i = 0; i < 20; i++) {
            node.runOnce();
        }
        assertThat(queue().counts().byState()).containsEntry(MessageState.SENT, 10L);
        assertThat(node.health().problem()).isEmpty();
    }

    /** A sender refuses some messages itself, such as those to a number that is none; that says nothing about its provider. */
    @Test
    void whatASenderRefusesWithoutARequestEndsNoPause() {
        for (int i = 0; i < 5; i++) {
            enqueueSms();
        }
        sms.sharingAProvider().answering(ScriptedSender.notSent());
        Dispatcher node = node(OPTIONS.withBatch(1).withBreaker(3), sms);
        for (int i = 0; i < 3; i++) {
            node.runOnce();
        }
        clock.advance(Duration.ofSeconds(5));
        sms.answering(ScriptedSender.rejected());
        node.runOnce();
        assertThat(node.health().problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("failed 3 times in a row"));

        sms.answering(delivery -> {
            assertThat(delivery.mayBegin()).isTrue();
            return ScriptedSender.rejected();
        });
        node.runOnce();
        assertThat(node.health().problem()).isEmpty();
        assertThat(queue().counts().byState()).containsEntry(MessageState.REJECTED, 2L);
    }
}
