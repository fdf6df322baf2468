package dev.signalbox.testing.contract;

import static dev.signalbox.testing.contract.ScriptedSender.accepted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Attempt;
import dev.signalbox.delivery.queue.DispatchOptions;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.Dispatcher.DispatchState;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Sender;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The dispatcher working by itself, on real time. */
public abstract class DeliveryQueueContinuousContract extends DeliveryQueueRunningContract {
    @Test
    void enqueuedWakesTheDispatcherLongBeforeItsPoll() {
        started(live(), QUICK.withPoll(Duration.ofMinutes(1)), sms);
        for (int i = 0; i < 5; i++) {
            awaitState(live().enqueue(sms().build()).id(), MessageState.SENT);
        }
    }

    @Test
    void retriesComeOnTimeWithoutBeingAnnounced() {
        AtomicInteger attempts = new AtomicInteger();
        sms.answering(delivery -> attempts.incrementAndGet() < 4 ? ScriptedSender.notSent() : accepted());
        started(live(), QUICK.withPoll(Duration.ofMinutes(1)), sms);
        awaitState(live().enqueue(sms().build()).id(), MessageState.SENT);
    }

    @Test
    void scheduledComesOnTime() {
        started(live(), QUICK.withPoll(Duration.ofMinutes(1)), sms);
        Instant due = database().clock().instant().plusMillis(300);
        UUID id = live().enqueue(sms().at(due).build()).id();
        awaitState(id, MessageState.SENT);
        assertThat(live().find(id).orElseThrow().attempts().getLast().at()).isAfterOrEqualTo(due);
    }

    @Test
    void chainRunsThroughByItself() {
        started(live(), QUICK, sms.answering(ScriptedSender.rejected()), email);
        UUID id = live().enqueue(Reach.to("sms:+61400000000", "email:bob@example.com")
                        .body("hello")
                        .build())
                .id();
        awaitState(id, MessageState.SENT);
        assertThat(email.given()).hasSize(1);
    }

    @Test
    void twoNodesShareTheWorkAndSendNothingTwice() {
        DeliveryQueue second = DeliveryQueue.on(connect());
        started(live(), QUICK.withBatch(32).withLease(SOON), sms);
        started(second, QUICK.withBatch(32).withLease(SOON), sms);
        List<UUID> ids = enqueueMany(2_000);
        awaitSent(2_000);
        assertThat(sms.given().stream().map(Delivery::id)).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void concurrencyStaysWithinItsBound() {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch answered = new CountDownLatch(1);
        Sender narrow = sms.withConcurrency(3).answering(delivery -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            answered.await();
            now.decrementAndGet();
            return accepted();
        });
        started(live(), QUICK, narrow);
        enqueueMany(200);
        await("no fourth").during(Duration.ofMillis(300)).atMost(SOON).until(() -> now.get() == 3);
        answered.countDown();
        awaitSent(200);
        assertThat(most).hasValue(3);
    }

    @Test
    void slowAndBrokenChannelsHoldUpNoOther() throws InterruptedException {
        CountDownLatch forever = new CountDownLatch(1);
        Sender stuck = sms.answering(delivery -> {
            forever.await();
            return accepted();
        });
        Sender broken = ScriptedSender.of(Channel.WEBHOOK).answering(delivery -> {
            throw new AssertionError("poison");
        });
        started(live(), QUICK, stuck, broken, email);
        enqueueMany(100);
        List<Reach> mixed = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            mixed.add(Reach.to("webhook:https://example.com/" + i).body("x").build());
            mixed.add(Reach.to("email:" + i + "@example.com").body("x").build());
        }
        live().enqueueAll(mixed);
        awaitSent(200);
        forever.countDown();
        awaitSent(300);
    }

    @Test
    void listenerThatThrowsHoldsUpNothing() {
        ThrowingListener listener = new ThrowingListener();
        Dispatcher dispatcher = closing(Dispatcher.builder(live())
                .sender(sms)
                .sender(email)
                .options(QUICK)
                .listener(listener)
                .build());
        dispatcher.start();
        sms.answering(delivery -> delivery.attempt() == 1 ? ScriptedSender.notSent() : accepted());
        enqueueMany(200);
        awaitSent(200);
        assertThat(listener.calls()).isGreaterThan(500);
        assertThat(dispatcher.health().problem()).isEmpty();
    }

    @Test
    void callersTransactionIsFoundSoonAfterItsCommit() throws SQLException {
        started(live(), QUICK.withPoll(Duration.ofMinutes(1)), sms);
        UUID id;
        try (Connection connection = database().dataSource().getConnection()) {
            connection.setAutoCommit(false);
            id = live().enqueue(connection, sms().build()).id();
            connection.commit();
        }
        awaitState(id, MessageState.SENT);
    }

    @Test
    void pauseStopsClaimingUntilStartedAgain() {
        Dispatcher dispatcher = started(live(), QUICK, sms);
        dispatcher.pause();
        assertThat(dispatcher.state()).isEqualTo(DispatchState.PAUSED);
        UUID id = live().enqueue(sms().build()).id();
        await().during(Duration.ofMillis(300)).atMost(SOON).until(() -> state(id) == MessageState.PENDING);
        dispatcher.start();
        assertThat(dispatcher.state()).isEqualTo(DispatchState.RUNNING);
        awaitState(id, MessageState.SENT);
    }

    @Test
    void batchThatTakesLongerThanItsLeaseKeepsIt() {
        ScriptedSender slow = sms.withConcurrency(1)
                .withTimeout(Duration.ofSeconds(2))
                .answering(delivery -> {
                    // Stands for the provider's own time: four of these outlast the lease.
                    Thread.sleep(Duration.ofMillis(1_100));
                    return accepted();
                });
        DispatchOptions options = QUICK.withPoll(Duration.ofMillis(50));
        ScriptedSender idle = ScriptedSender.of(Channel.SMS).withTimeout(Duration.ofSeconds(2));
        List<UUID> ids = enqueueMany(4);
        started(live(), options, slow);
        await().atMost(SOON).until(() -> !slow.given().isEmpty());
        started(DeliveryQueue.on(connect()), options, idle);
        awaitSent(4);
        assertThat(idle.given()).isEmpty();
        for (UUID id : ids) {
            assertThat(live().find(id).orElseThrow().attempts())
                    .extracting(Attempt::result)
                    .containsExactly("ACCEPTED");
        }
    }
}
