package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.ClusterLimits;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Rate;
import dev.signalbox.delivery.queue.Reach;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Limits that hold for all nodes together: rates, a pace, attempts under way, attempts at one recipient. */
public abstract class DeliveryQueueLimitContract extends DeliveryQueueContract {
    private static final Duration INTERVAL = Duration.ofMinutes(2);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Rate TWO = new Rate(2, INTERVAL);

    private final ScriptedSender sms = ScriptedSender.of(Channel.SMS);
    private final ScriptedSender email = ScriptedSender.of(Channel.EMAIL);

    private Dispatcher limited(ClusterLimits limits, ScriptedSender... senders) {
        return node(OPTIONS.withLimits(limits), senders);
    }

    private static ClusterLimits rate(Rate rate) {
        return ClusterLimits.NONE.withRates(Map.of(Channel.SMS, rate));
    }

    private void enqueueTexts(int count) {
        for (int i = 0; i < count; i++) {
            enqueueSms();
        }
    }

    private UUID enqueueEmail() {
        return enqueue(Reach.to(Channel.EMAIL, "a@example.com").body("x"));
    }

    private static void runAll(Dispatcher... nodes) {
        for (Dispatcher node : nodes) {
            node.runOnce();
        }
    }

    @Test
    void soManyInEachIntervalWhateverTheNumberOfNodes() {
        enqueueTexts(5);
        Dispatcher[] nodes = {limited(rate(TWO), sms), limited(rate(TWO), sms), limited(rate(TWO), sms)};
        runAll(nodes);
        runAll(nodes);
        assertThat(sms.given()).hasSize(2);

        clock.advance(INTERVAL.minusMillis(1));
        runAll(nodes);
        assertThat(sms.given()).hasSize(2);

        clock.advance(Duration.ofMillis(1));
        runAll(nodes);
        assertThat(sms.given()).hasSize(4);

        clock.advance(INTERVAL);
        runAll(nodes);
        assertThat(queue().counts().byState()).containsEntry(MessageState.SENT, 5L);
    }

    @Test
    void intervalBeginsWithItsFirstMessageAndNotWhileNothingWaits() {
        Dispatcher node = limited(rate(TWO), sms);
        runAll(node);
        clock.advance(INTERVAL.minusSeconds(1));
        runAll(node);
        enqueueTexts(4);
        runAll(node);
        clock.advance(Duration.ofSeconds(2));
        runAll(node);
        assertThat(sms.given()).hasSize(2);
    }

    @Test
    void rateOfOneChannelHoldsNoOther() {
        enqueueTexts(3);
        UUID mail = enqueueEmail();
        runAll(limited(rate(new Rate(1, INTERVAL)), sms, email));
        assertThat(sms.given()).hasSize(1);
        assertState(mail, MessageState.SENT);
    }

    @Test
    void paceIsOneForAllChannelsButThatOfClients() {
        enqueueTexts(2);
        enqueueEmail();
        enqueueEmail();
        UUID live = enqueue(Reach.to(Channel.LIVE, "alice").body("x"));
        ScriptedSender clients = ScriptedSender.of(Channel.LIVE);
        ClusterLimits pace = ClusterLimits.NONE.withPace(new Rate(3, INTERVAL));
        Dispatcher[] nodes = {limited(pace, sms, email, clients), limited(pace, sms, email, clients)};
        runAll(nodes);
        assertThat(sms.given().size() + email.given().size()).isEqualTo(3);
        assertState(live, MessageState.SENT);
        clock.advance(INTERVAL);
        runAll(nodes);
        assertThat(sms.given().size() + email.given().size()).isEqualTo(4);
    }

    @Test
    void whatIsNotSentTakesNothingOfTheRate() {
        enqueue(sms().priority(0).expiresAt(clock.instant().plusSeconds(60)));
        UUID good = enqueueSms();
        clock.advance(Duration.ofMinutes(1));
        Dispatcher node = limited(rate(new Rate(1, INTERVAL)), sms);
        runAll(node);
        assertThat(sms.given()).isEmpty();
        runAll(node);
        assertState(good, MessageState.SENT);
        enqueueSms();
        runAll(node);
        assertThat(sms.given()).hasSize(1);
    }

    /** Each node asks by itself, and at once. */
    @Test
    void rateHoldsWhileNodesRace() {
        enqueueTexts(60);
        Rate rate = new Rate(7, Duration.ofHours(1));
        List<Dispatcher> nodes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            DeliveryQueue own = simulated(connect());
            nodes.add(closing(Dispatcher.builder(own)
                    .sender(sms)
                    .options(OPTIONS.withLimits(rate(rate)).withPoll(Duration.ofMillis(20)))
                    .build()));
        }
        nodes.forEach(Dispatcher::start);
        for (int intervals = 1; intervals <= 3; intervals++) {
            long expected = 7L * intervals;
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(queue().counts().byState().get(MessageState.SENT))
                            .isGreaterThanOrEqualTo(expected));
            runAll(limited(rate(rate), sms)); // One node more, which finds nothing left.
            assertThat((long) sms.given().size()).isEqualTo(expected);
            clock.advance(Duration.ofMinutes(60));
        }
    }

    @Test
    void noMoreAreUnderWayThanTheClusterAllows() {
        enqueueTexts(40);
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        sms.answering(delivery -> {
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos()); // What a provider takes.
            underWay.decrementAndGet();
            return ScriptedSender.accepted();
        });
        ClusterLimits three = ClusterLimits.NONE.withConcurrency(Map.of(Channel.SMS, 3));
        for (int i = 0; i < 3; i++) {
            DeliveryQueue own = simulated(connect());
            closing(Dispatcher.builder(own)
                            .sender(sms)
                            .options(OPTIONS.withLimits(three).withPoll(Duration.ofMillis(20)))
                            .build())
                    .start();
        }
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(queue().counts().byState()).containsEntry(MessageState.SENT, 40L));
        assertThat(most.get()).isBetween(1, 3);
    }

    @Test
    void claimTakesNoMoreThanMayBeUnderWay() {
        enqueueTexts(5);
        AtomicInteger others = new AtomicInteger(-1);
        ClusterLimits three = ClusterLimits.NONE.withConcurrency(Map.of(Channel.SMS, 3));
        Dispatcher other = limited(three, ScriptedSender.of(Channel.SMS));
        sms.answering(delivery -> {
            others.set(other.runOnce().claimed());
            return ScriptedSender.accepted();
        });
        assertThat(limited(three, sms).runOnce().claimed()).isEqualTo(3);
        assertThat(others).hasValue(0);
        assertThat(other.runOnce().claimed()).isEqualTo(2);
    }

    @Test
    void recipientGetsSoManyAndTheRestWaitWithoutCost() {
        List<UUID> alice = List.of(enqueueSms(), enqueueSms(), enqueueSms());
        UUID bob = enqueue(Reach.to(Channel.SMS, "+61400000001").body("x"));
        ClusterLimits limits = rate(new Rate(3, INTERVAL)).withRecipients(Map.of(Channel.SMS, new Rate(1, LONG)));
        Dispatcher node = limited(limits, sms);
        runAll(node);
        runAll(node);
        assertThat(sms.given()).extracting(Delivery::id).containsExactly(alice.get(0), bob);
        assertState(alice.get(1), MessageState.PENDING);
        assertThat(find(alice.get(1)).nextAttemptAt()).contains(clock.instant().plus(LONG));
        assertThat(find(alice.get(1)).attempts()).singleElement().satisfies(held -> {
            assertThat(held.result()).isEqualTo("HELD");
            assertThat(held.error()).hasValueSatisfying(why -> assertThat(why).contains("recipient"));
        });

        clock.advance(LONG);
        runAll(node);
        assertThat(sms.given()).extracting(Delivery::id).hasSize(3).contains(alice.get(1));
        assertThat(sms.given().getLast().attempt()).isEqualTo(2);
    }

    @Test
    void limitsOutOfBoundsAreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Rate(0, INTERVAL))
                .withMessageStartingWith("rate is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Rate(1, Duration.ZERO))
                .withMessageStartingWith("interval");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusterLimits.NONE.withConcurrency(Map.of(Channel.SMS, 0)))
                .withMessageStartingWith("concurrency of sms");
    }
}
