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
import dev.signalbox.delivery.queue.DispatcherListener;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Retry;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.delivery.queue.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dispatcher working by itself, on real time. */
public abstract class DeliveryQueueContinuousContract extends DeliveryQueueContract {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final DispatchOptions QUICK = DispatchOptions.DEFAULT
            .withRetry(new Retry(Duration.ofMillis(50), 1, Duration.ofMillis(50), 0, Duration.ofHours(1)))
            .withLease(Duration.ofSeconds(1))
            .withMargin(Duration.ofMillis(50));

    @TempDir
    Path folder;

    /** Where an attempt must not overrun its time, it has more than a busy machine can take from it. */
    private final ScriptedSender sms = ScriptedSender.of(Channel.SMS).withTimeout(SOON);

    private final ScriptedSender email = ScriptedSender.of(Channel.EMAIL).withTimeout(SOON);
    private DeliveryQueue live;

    @BeforeEach
    void openOnRealTime() {
        live = DeliveryQueue.on(database());
    }

    private static ScriptedSender hasty() {
        return ScriptedSender.of(Channel.SMS).withTimeout(Duration.ofMillis(300));
    }

    private Dispatcher started(DeliveryQueue on, DispatchOptions options, Sender... senders) {
        Dispatcher dispatcher = closing(Dispatcher.builder(on)
                .senders(List.of(senders))
                .options(options)
                .build());
        dispatcher.start();
        return dispatcher;
    }

    private List<UUID> enqueueMany(int count) {
        List<Reach> reaches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            reaches.add(sms().build());
        }
        return live.enqueueAll(reaches).stream().map(DeliveryQueue.Receipt::id).toList();
    }

    private State state(UUID id) {
        return live.find(id).orElseThrow().state();
    }

    private void awaitState(UUID id, State state) {
        await().atMost(SOON).until(() -> state(id) == state);
    }

    private void awaitSent(long count) {
        await().atMost(SOON).until(() -> live.counts().byState().getOrDefault(State.SENT, 0L) == count);
    }

    @Test
    void enqueuedWakesTheDispatcherLongBeforeItsPoll() {
        started(live, QUICK.withPoll(Duration.ofMinutes(1)), sms);
        for (int i = 0; i < 5; i++) {
            awaitState(live.enqueue(sms().build()).id(), State.SENT);
        }
    }

    @Test
    void retriesComeOnTimeWithoutBeingAnnounced() {
        AtomicInteger attempts = new AtomicInteger();
        sms.answering(delivery -> attempts.incrementAndGet() < 4 ? ScriptedSender.notSent() : accepted());
        started(live, QUICK.withPoll(Duration.ofMinutes(1)), sms);
        awaitState(live.enqueue(sms().build()).id(), State.SENT);
    }

    @Test
    void scheduledComesOnTime() {
        started(live, QUICK.withPoll(Duration.ofMinutes(1)), sms);
        Instant due = database().clock().instant().plusMillis(300);
        UUID id = live.enqueue(sms().at(due).build()).id();
        awaitState(id, State.SENT);
        assertThat(live.find(id).orElseThrow().attempts().getLast().at()).isAfterOrEqualTo(due);
    }

    @Test
    void chainRunsThroughByItself() {
        started(live, QUICK, sms.answering(ScriptedSender.rejected()), email);
        UUID id = live.enqueue(Reach.to("sms:+61400000000", "email:bob@example.com")
                        .body("hello")
                        .build())
                .id();
        awaitState(id, State.SENT);
        assertThat(email.given()).hasSize(1);
    }

    @Test
    void twoNodesShareTheWorkAndSendNothingTwice() {
        DeliveryQueue second = DeliveryQueue.on(connect());
        started(live, QUICK.withBatch(32).withLease(SOON), sms);
        started(second, QUICK.withBatch(32).withLease(SOON), sms);
        List<UUID> ids = enqueueMany(2_000);
        awaitSent(2_000);
        assertThat(sms.given().stream().map(Delivery::id)).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void concurrencyStaysWithinItsBound() {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Sender narrow = sms.withConcurrency(3).answering(delivery -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            Thread.sleep(Duration.ofMillis(2)); // Stands for the provider's own time.
            now.decrementAndGet();
            return accepted();
        });
        started(live, QUICK, narrow);
        enqueueMany(200);
        awaitSent(200);
        assertThat(most.get()).isBetween(2, 3);
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
        started(live, QUICK, stuck, broken, email);
        enqueueMany(100);
        List<Reach> mixed = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            mixed.add(Reach.to("webhook:https://example.com/" + i).body("x").build());
            mixed.add(Reach.to("email:" + i + "@example.com").body("x").build());
        }
        live.enqueueAll(mixed);
        awaitSent(200);
        forever.countDown();
        awaitSent(300);
    }

    @Test
    void senderThatIgnoresInterruptsStaysWithinItsConcurrency() {
        Semaphore released = new Semaphore(0);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Sender stubborn = hasty().withConcurrency(2)
                .withKeyLifetime(Duration.ZERO)
                .answering(delivery -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    released.acquireUninterruptibly();
                    now.decrementAndGet();
                    return accepted();
                });
        closing(() -> released.release(1_000));
        Dispatcher dispatcher = started(live, QUICK.withPoll(Duration.ofMillis(20)), stubborn, email);
        enqueueMany(20);
        await().atMost(SOON)
                .until(() -> dispatcher.health().level() == Dispatcher.Level.DEGRADED
                        && dispatcher.health().problem().orElse("").contains("2 of 2 attempts"));
        // Another channel's message takes many times what the lane would need to exceed its bound.
        awaitState(
                live.enqueue(Reach.to("email:a@example.com").body("x").build()).id(), State.SENT);
        await().atMost(SOON).until(() -> live.counts().byState().getOrDefault(State.UNKNOWN, 0L) == 2);
        assertThat(most).hasValue(2);

        released.release(1_000);
        await().atMost(SOON).until(() -> waiting() == 0);
        assertThat(most).hasValue(2);
        await().atMost(SOON).until(() -> dispatcher.health().level() == Dispatcher.Level.UP);
    }

    private long waiting() {
        return live.counts().byState().entrySet().stream()
                .filter(count -> !count.getKey().isFinal())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    @Test
    void listenerThatThrowsHoldsUpNothing() {
        ThrowingListener listener = new ThrowingListener();
        Dispatcher dispatcher = closing(Dispatcher.builder(live)
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
        started(live, QUICK.withPoll(Duration.ofMinutes(1)), sms);
        UUID id;
        try (Connection connection = database().dataSource().getConnection()) {
            connection.setAutoCommit(false);
            id = live.enqueue(connection, sms().build()).id();
            connection.commit();
        }
        awaitState(id, State.SENT);
    }

    @Test
    void pauseStopsClaimingUntilStartedAgain() {
        Dispatcher dispatcher = started(live, QUICK, sms);
        dispatcher.pause();
        assertThat(dispatcher.state()).isEqualTo(DispatchState.PAUSED);
        UUID id = live.enqueue(sms().build()).id();
        await().during(Duration.ofMillis(300)).atMost(SOON).until(() -> state(id) == State.PENDING);
        dispatcher.start();
        assertThat(dispatcher.state()).isEqualTo(DispatchState.RUNNING);
        awaitState(id, State.SENT);
    }

    @Test
    void drainFinishesWhatIsBegunAndGivesBackTheRest() throws InterruptedException {
        Semaphore begun = new Semaphore(0);
        CountDownLatch finish = new CountDownLatch(1);
        Sender slow = sms.withConcurrency(2).answering(delivery -> {
            begun.release();
            finish.await();
            return accepted();
        });
        Dispatcher dispatcher = started(live, QUICK, slow);
        List<UUID> ids = enqueueMany(8);
        begun.acquire(2);
        assertThat(dispatcher.drain(Duration.ofMillis(50))).isFalse();
        finish.countDown();
        assertThat(dispatcher.drain(SOON)).isTrue();

        assertThat(live.counts().byState()).containsEntry(State.SENT, 2L).containsEntry(State.PENDING, 6L);
        dispatcher.start();
        awaitSent(8);
        for (UUID id : ids) {
            assertThat(live.find(id).orElseThrow().attempts())
                    .filteredOn(attempt -> attempt.result().equals("ACCEPTED"))
                    .hasSize(1);
        }
    }

    @Test
    void closeInterruptsWhatDoesNotEndAndRecordsTheDoubt() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch forever = new CountDownLatch(1);
        Dispatcher dispatcher =
                started(live, QUICK, hasty().withKeyLifetime(Duration.ZERO).answering(delivery -> {
                    begun.countDown();
                    forever.await();
                    return accepted();
                }));
        UUID id = live.enqueue(sms().build()).id();
        await().atMost(SOON).until(() -> begun.getCount() == 0);
        dispatcher.close();
        awaitState(id, State.UNKNOWN);
    }

    /** Else a server that was given 1 s to stop would wait for the longest timeout once more. */
    @Test
    void closeAfterADrainThatTookTooLongInterruptsAtOnce() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch forever = new CountDownLatch(1);
        ScriptedSender patient = ScriptedSender.of(Channel.SMS)
                .withTimeout(Duration.ofMinutes(10))
                .withKeyLifetime(Duration.ZERO)
                .answering(delivery -> {
                    begun.countDown();
                    forever.await();
                    return accepted();
                });
        Dispatcher dispatcher = started(live, QUICK, patient);
        UUID id = live.enqueue(sms().build()).id();
        await().atMost(SOON).until(() -> begun.getCount() == 0);
        assertThat(dispatcher.drain(Duration.ofMillis(10))).isFalse();
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            dispatcher.close();
            return true;
        });
        awaitState(id, State.UNKNOWN);
    }

    @Test
    void attemptThatOverrunsItsTimeIsInterrupted() {
        CountDownLatch forever = new CountDownLatch(1);
        AtomicInteger attempts = new AtomicInteger();
        started(live, QUICK.withPoll(Duration.ofMillis(50)), hasty().answering(delivery -> {
            if (attempts.incrementAndGet() == 1) {
                forever.await();
            }
            return accepted();
        }));
        UUID id = live.enqueue(sms().build()).id();
        awaitState(id, State.SENT);
        assertThat(live.find(id).orElseThrow().attempts())
                .extracting(Attempt::result)
                .containsExactly("UNKNOWN", "ACCEPTED");
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
        started(live, options, slow);
        await().atMost(SOON).until(() -> !slow.given().isEmpty());
        started(DeliveryQueue.on(connect()), options, idle);
        awaitSent(4);
        assertThat(idle.given()).isEmpty();
        for (UUID id : ids) {
            assertThat(live.find(id).orElseThrow().attempts())
                    .extracting(Attempt::result)
                    .containsExactly("ACCEPTED");
        }
    }

    /** The node that crashes is one that hangs; the one that comes back has a copy of its journal. */
    @Test
    void nodeThatComesBackKnowsWhatItHadNotBegun() throws IOException {
        CountDownLatch forever = new CountDownLatch(1);
        ScriptedSender keyless = sms.withConcurrency(2).withKeyLifetime(Duration.ZERO);
        ScriptedSender crashing = keyless.answering(delivery -> {
            forever.await();
            return accepted();
        });
        Path journal = folder.resolve("attempts.journal");
        List<UUID> ids = enqueueMany(8);
        Dispatcher crashed = closing(Dispatcher.builder(live)
                .sender(crashing)
                .options(QUICK.withLease(SOON))
                .journal(journal)
                .build());
        closing(forever::countDown);
        crashed.start();
        await().atMost(SOON)
                .until(() ->
                        crashing.given().size() == 2 && live.counts().byState().getOrDefault(State.CLAIMED, 0L) == 8);
        Path copy = Files.copy(journal, folder.resolve("copy.journal"));

        ScriptedSender again = ScriptedSender.of(Channel.SMS).withTimeout(SOON).withKeyLifetime(Duration.ZERO);
        Dispatcher back = closing(Dispatcher.builder(live)
                .sender(again)
                .options(QUICK)
                .journal(copy)
                .build());
        back.start();
        awaitSent(6);
        Set<UUID> begun = crashing.given().stream().map(Delivery::id).collect(Collectors.toSet());
        assertThat(again.given()).hasSize(6).extracting(Delivery::id).doesNotContainAnyElementsOf(begun);
        assertThat(ids).filteredOn(id -> state(id) == State.UNKNOWN).containsExactlyInAnyOrderElementsOf(begun);
    }

    @Test
    void journalLetsKeylessSendersClaimInBatches(@TempDir Path other) {
        AtomicInteger claims = new AtomicInteger();
        enqueueMany(320);
        Dispatcher dispatcher = closing(Dispatcher.builder(live)
                .sender(sms.withKeyLifetime(Duration.ZERO))
                .options(QUICK.withLease(SOON))
                .journal(other.resolve("attempts.journal"))
                .listener(new DispatcherListener() {
                    @Override
                    public void claimed(Channel channel, int count) {
                        claims.incrementAndGet();
                    }
                })
                .build());
        dispatcher.start();
        awaitSent(320);
        assertThat(claims).as("claims of 64 each").hasValue(5);
    }

    @Test
    void abandonedNodesWorkIsTakenOver() {
        CountDownLatch forever = new CountDownLatch(1);
        ScriptedSender stuck = hasty().answering(delivery -> {
            forever.await();
            return accepted();
        });
        Dispatcher abandoned = node(QUICK, stuck);
        UUID id = enqueueSms();
        Thread dead = Thread.ofVirtual().start(abandoned::runOnce);
        closing(dead::interrupt);
        await().atMost(SOON).until(() -> !stuck.given().isEmpty());

        // The dead node lived on the movable clock, whose time is long past for the heir.
        Duration past = Duration.between(clock.instant(), database().clock().instant());
        ScriptedSender heir = sms.withKeyLifetime(past.plusDays(1));
        started(live, QUICK.withPoll(Duration.ofMillis(50)), heir);
        awaitState(id, State.SENT);
        assertThat(heir.given()).hasSize(1);
    }
}
