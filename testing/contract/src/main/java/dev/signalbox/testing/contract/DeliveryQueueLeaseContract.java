package dev.signalbox.testing.contract;

import static dev.signalbox.testing.contract.ScriptedSender.accepted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue.Attempt;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.DispatcherListener;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who may send and record what, when nodes stop, stall or race. */
public abstract class DeliveryQueueLeaseContract extends DeliveryQueueContract {
    private static final Duration OVER_THE_LEASE = OPTIONS.lease().plusSeconds(1);

    private final ScriptedSender sms = ScriptedSender.of(Channel.SMS);
    private final ScriptedSender others = ScriptedSender.of(Channel.SMS);

    @Test
    void stalledNodesOutcomeIsRefusedAfterAnotherTookOver() {
        UUID id = enqueueSms();
        AtomicInteger refused = new AtomicInteger();
        Dispatcher other = node(others);
        Dispatcher stalled = closing(Dispatcher.builder(queue())
                .sender(sms)
                .options(OPTIONS)
                .listener(new DispatcherListener() {
                    @Override
                    public void stale(Channel channel, int count) {
                        refused.addAndGet(count);
                    }
                })
                .build());
        sms.answering(delivery -> {
            clock.advance(OVER_THE_LEASE); // As a SIGSTOP in the middle of the attempt would.
            assertThat(other.runOnce()).isEqualTo(new Dispatcher.Pass(0, 1, 1, 0));
            return accepted();
        });

        assertThat(stalled.runOnce().stale()).isEqualTo(1);
        assertThat(refused).hasValue(1);
        assertState(id, MessageState.SENT);
        assertThat(find(id).attempts()).extracting(Attempt::result).containsExactly("UNKNOWN", "ACCEPTED");
        assertThat(others.given()).extracting(Delivery::idempotencyKey).containsExactly(id.toString());
    }

    @Test
    void rescueParksWhatAProviderCannotRecognise() {
        UUID id = enqueueSms();
        ScriptedSender keyless = others.withKeyLifetime(Duration.ZERO);
        Dispatcher other = node(keyless);
        sms.answering(delivery -> {
            clock.advance(OVER_THE_LEASE);
            other.runOnce();
            return accepted();
        });
        node(sms).runOnce();
        assertState(id, MessageState.UNKNOWN);
        assertThat(keyless.given()).isEmpty();
    }

    @Test
    void crashDuringALiveStepIsNoDoubtAboutTheText() {
        UUID id = enqueue(Reach.to("client:alice within 5s", "sms:+61400000000").body("hello"));
        ScriptedSender live = ScriptedSender.of(Channel.LIVE).withoutDoubt();
        Dispatcher other = node(live, others);
        Dispatcher dying = node(live.answering(delivery -> {
            clock.advance(OVER_THE_LEASE);
            live.answering(accepted());
            other.runOnce();
            other.runOnce();
            return accepted();
        }));
        assertThat(dying.runOnce().stale()).isEqualTo(1);
        assertState(id, MessageState.SENT);
        assertThat(find(id).attempts()).extracting(Attempt::result).containsExactly("NOT_SENT", "ACCEPTED");
        assertThat(others.given()).extracting(Delivery::id).containsExactly(id);
    }

    @Test
    void nodeThatWakesAfterItsLeaseMayNotBegin() {
        UUID id = enqueueSms();
        Dispatcher other = node(others);
        AtomicBoolean permitted = new AtomicBoolean();
        sms.answering(delivery -> {
            permitted.set(delivery.mayBegin());
            assertThat(permitted).isTrue();
            clock.advance(OVER_THE_LEASE); // As a SIGSTOP while it connects would.
            other.runOnce();
            permitted.set(delivery.mayBegin());
            return permitted.get() ? accepted() : ScriptedSender.notSent();
        });
        assertThat(node(sms).runOnce().stale()).isEqualTo(1);
        assertThat(permitted).isFalse();
        assertState(id, MessageState.SENT);
        assertThat(find(id).attempts()).extracting(Attempt::result).containsExactly("UNKNOWN", "ACCEPTED");
    }

    @Test
    void attemptThatMightNotBeginCostsNothing() {
        UUID id = enqueue(sms().maxAttempts(1));
        sms.answering(delivery -> {
            clock.advance(OPTIONS.lease().minusMillis(500)); // The lease stands, but not for long enough.
            return delivery.mayBegin() ? accepted() : ScriptedSender.notSent();
        });
        node(sms).runOnce();
        assertState(id, MessageState.PENDING);
        assertThat(find(id).attempts()).extracting(Attempt::result).containsExactly("RELEASED");
    }

    @Test
    void rescueLeavesWhatIsOnRecord() {
        UUID first = enqueueSms();
        UUID second = enqueueSms();
        CountDownLatch forever = new CountDownLatch(1);
        Dispatcher stuck = node(OPTIONS.withPoll(Duration.ofMinutes(1)), sms.answering(delivery -> {
            if (delivery.id().equals(second)) {
                forever.await();
            }
            return accepted();
        }));
        closing(forever::countDown);
        stuck.start();
        await().atMost(Duration.ofSeconds(20)).until(() -> find(first).state() == MessageState.SENT);
        stuck.pause(); // Else it might claim what is rescued from it.

        clock.advance(OVER_THE_LEASE);
        assertThat(node(others).runOnce().rescued()).isEqualTo(1);
        assertState(second, MessageState.SENT);
        assertThat(others.given()).extracting(Delivery::id).containsExactly(second);
        assertThat(find(first).attempts()).hasSize(1);
    }

    @Test
    void expiredLeaseThatNobodyTookStillCounts() {
        UUID id = enqueueSms();
        sms.answering(delivery -> {
            clock.advance(OVER_THE_LEASE);
            return accepted();
        });
        assertThat(node(sms).runOnce().stale()).isZero();
        assertState(id, MessageState.SENT);
    }

    @Test
    void nothingIsBegunOnALeaseThatMayRunOutMeanwhile() {
        UUID first = enqueueSms();
        UUID second = enqueueSms();
        sms.answering(delivery -> {
            clock.advance(OPTIONS.lease().minus(sms.timeout())); // Leaves the timeout, but no margin.
            return accepted();
        });
        Dispatcher node = node(sms);
        node.runOnce();
        assertState(first, MessageState.SENT);
        assertState(second, MessageState.PENDING);
        assertThat(sms.given()).hasSize(1);

        sms.answering(accepted());
        node.runOnce();
        assertState(second, MessageState.SENT);
        assertThat(find(second).attempts()).extracting(Attempt::result).containsExactly("RELEASED", "ACCEPTED");
    }

    @Test
    void crashIsRescuedOnceAndByOneNode() {
        UUID id = enqueueSms();
        Dispatcher a = node(others);
        Dispatcher b = node(others);
        sms.answering(delivery -> {
            clock.advance(OVER_THE_LEASE);
            int rescued = a.runOnce().rescued() + b.runOnce().rescued();
            assertThat(rescued).isEqualTo(1);
            return accepted();
        });
        node(sms).runOnce();
        assertThat(others.given()).hasSize(1);
        assertState(id, MessageState.SENT);
    }

    @Test
    void poisonThatStopsNodesUsesUpItsBudget() {
        UUID id = enqueue(sms().maxAttempts(2));
        Dispatcher third = node(ScriptedSender.of(Channel.SMS));
        Dispatcher second = node(others.answering(delivery -> {
            clock.advance(OVER_THE_LEASE);
            assertThat(third.runOnce()).isEqualTo(new Dispatcher.Pass(0, 1, 0, 0));
            return accepted();
        }));
        sms.answering(delivery -> {
            clock.advance(OVER_THE_LEASE);
            assertThat(second.runOnce()).isEqualTo(new Dispatcher.Pass(0, 1, 1, 1));
            return accepted();
        });
        assertThat(node(sms).runOnce().stale()).isEqualTo(1);
        assertState(id, MessageState.UNKNOWN);
        assertThat(find(id).attempts()).hasSize(2);
    }

    @Test
    void completionAndRescueNeverBothHappen() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 30; round++) {
                List<UUID> ids = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    ids.add(enqueueSms());
                }
                CyclicBarrier both = new CyclicBarrier(2);
                ScriptedSender slow = ScriptedSender.of(Channel.SMS).answering(delivery -> {
                    if (delivery.id().equals(ids.getLast())) {
                        clock.advance(OVER_THE_LEASE);
                        meet(both);
                    }
                    return accepted();
                });
                Dispatcher completing = node(slow);
                Dispatcher rescuing = node(others);
                Future<Dispatcher.Pass> completed = threads.submit(completing::runOnce);
                Future<Dispatcher.Pass> rescued = threads.submit(() -> {
                    meet(both);
                    return rescuing.runOnce();
                });
                int stale = completed.get().stale();
                int taken = rescued.get().rescued();
                assertThat(stale)
                        .as("round %s: refused as many as were taken", round)
                        .isEqualTo(taken);
                rescuing.runOnce();
                ids.forEach(id -> assertState(id, MessageState.SENT));
                audit();
            }
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void cancelAndClaimNeverBothHappen() throws Exception {
        Dispatcher node = node(sms);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 30; round++) {
                List<UUID> ids = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    ids.add(enqueueSms());
                }
                Future<List<MessageState>> cancelled = threads.submit(() -> ids.reversed().stream()
                        .map(id -> queue().cancel(id).orElseThrow())
                        .toList());
                node.runOnce();
                List<MessageState> states = cancelled.get().reversed();
                List<UUID> given = sms.given().stream().map(Delivery::id).toList();
                for (int i = 0; i < ids.size(); i++) {
                    boolean wasCancelled = states.get(i) == MessageState.CANCELLED;
                    assertThat(given.contains(ids.get(i)))
                            .as("sent though cancelled")
                            .isNotEqualTo(wasCancelled);
                    assertState(ids.get(i), wasCancelled ? MessageState.CANCELLED : MessageState.SENT);
                }
            }
        }
    }

    @Test
    void concurrentRevivalsHappenOnce() throws Exception {
        UUID id = enqueueSms();
        Dispatcher node = node(sms.answering(ScriptedSender.rejected()));
        node.runOnce();
        List<Future<?>> calls = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 4; i++) {
                calls.add(threads.submit(() -> queue().retry(id)));
            }
            for (Future<?> call : calls) {
                call.get();
            }
        }
        sms.answering(accepted());
        node.runOnce();
        assertThat(find(id).attempts()).extracting(Attempt::result).containsExactly("REJECTED", "REVIVED", "ACCEPTED");
    }

    @Test
    void concurrentClaimsShareWithoutOverlap() throws Exception {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            ids.add(enqueueSms());
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> nodes = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Dispatcher node = node(OPTIONS.withBatch(16), sms);
                nodes.add(threads.submit(() -> {
                    while (!node.runOnce().isIdle()) {
                        Thread.onSpinWait();
                    }
                }));
            }
            for (Future<?> node : nodes) {
                node.get();
            }
        }
        assertThat(sms.given().stream().map(Delivery::id)).containsExactlyInAnyOrderElementsOf(ids);
    }
}
