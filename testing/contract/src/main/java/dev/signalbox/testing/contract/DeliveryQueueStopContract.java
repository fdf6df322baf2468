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
import dev.signalbox.delivery.queue.Sender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the dispatcher stops on real time, what it does about attempts that do not end, and what follows when it was killed. */
public abstract class DeliveryQueueStopContract extends DeliveryQueueRunningContract {
    @TempDir
    Path folder;

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
        Dispatcher dispatcher = started(live(), QUICK.withPoll(Duration.ofMillis(20)), stubborn, email);
        enqueueMany(20);
        await().atMost(SOON)
                .until(() -> dispatcher.health().level() == Dispatcher.Level.DEGRADED
                        && dispatcher.health().problem().orElse("").contains("2 of 2 attempts"));
        // Another channel's message takes many times what the lane would need to exceed its bound.
        awaitState(
                live().enqueue(Reach.to("email:a@example.com").body("x").build())
                        .id(),
                MessageState.SENT);
        await().atMost(SOON).until(() -> live().counts().byState().getOrDefault(MessageState.UNKNOWN, 0L) == 2);
        assertThat(most).hasValue(2);

        released.release(1_000);
        await().atMost(SOON).until(() -> waiting() == 0);
        assertThat(most).hasValue(2);
        await().atMost(SOON).until(() -> dispatcher.health().level() == Dispatcher.Level.UP);
    }

    private long waiting() {
        return live().counts().byState().entrySet().stream()
                .filter(count -> !count.getKey().isFinal())
                .mapToLong(Map.Entry::getValue)
                .sum();
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
        Dispatcher dispatcher = started(live(), QUICK, slow);
        List<UUID> ids = enqueueMany(8);
        begun.acquire(2);
        assertThat(dispatcher.drain(Duration.ofMillis(50))).isFalse();
        finish.countDown();
        assertThat(dispatcher.drain(SOON)).isTrue();

        assertThat(live().counts().byState())
                .containsEntry(MessageState.SENT, 2L)
                .containsEntry(MessageState.PENDING, 6L);
        dispatcher.start();
        awaitSent(8);
        for (UUID id : ids) {
            assertThat(live().find(id).orElseThrow().attempts())
                    .filteredOn(attempt -> attempt.result().equals("ACCEPTED"))
                    .hasSize(1);
        }
    }

    @Test
    void closeInterruptsWhatDoesNotEndAndRecordsTheDoubt() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch forever = new CountDownLatch(1);
        Dispatcher dispatcher =
                started(live(), QUICK, hasty().withKeyLifetime(Duration.ZERO).answering(delivery -> {
                    begun.countDown();
                    forever.await();
                    return accepted();
                }));
        UUID id = live().enqueue(sms().build()).id();
        await().atMost(SOON).until(() -> begun.getCount() == 0);
        dispatcher.close();
        awaitState(id, MessageState.UNKNOWN);
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
        Dispatcher dispatcher = started(live(), QUICK, patient);
        UUID id = live().enqueue(sms().build()).id();
        await().atMost(SOON).until(() -> begun.getCount() == 0);
        assertThat(dispatcher.drain(Duration.ofMillis(10))).isFalse();
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            dispatcher.close();
            return true;
        });
        awaitState(id, MessageState.UNKNOWN);
    }

    @Test
    void attemptThatOverrunsItsTimeIsInterrupted() {
        CountDownLatch forever = new CountDownLatch(1);
        AtomicInteger attempts = new AtomicInteger();
        started(live(), QUICK.withPoll(Duration.ofMillis(50)), hasty().answering(delivery -> {
            if (attempts.incrementAndGet() == 1) {
                forever.await();
            }
            return accepted();
        }));
        UUID id = live().enqueue(sms().build()).id();
        awaitState(id, MessageState.SENT);
        assertThat(live().find(id).orElseThrow().attempts())
                .extracting(Attempt::result)
                .containsExactly("UNKNOWN", "ACCEPTED");
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
        Dispatcher crashed = closing(Dispatcher.builder(live())
                .sender(crashing)
                .options(QUICK.withLease(SOON))
                .journal(journal)
                .build());
        closing(forever::countDown);
        crashed.start();
        await().atMost(SOON)
                .until(() -> crashing.given().size() == 2
                        && live().counts().byState().getOrDefault(MessageState.CLAIMED, 0L) == 8);
        Path copy = Files.copy(journal, folder.resolve("copy.journal"));

        ScriptedSender again = ScriptedSender.of(Channel.SMS).withTimeout(SOON).withKeyLifetime(Duration.ZERO);
        Dispatcher back = closing(Dispatcher.builder(live())
                .sender(again)
                .options(QUICK)
                .journal(copy)
                .build());
        back.start();
        awaitSent(6);
        Set<UUID> begun = crashing.given().stream().map(Delivery::id).collect(Collectors.toSet());
        assertThat(again.given()).hasSize(6).extracting(Delivery::id).doesNotContainAnyElementsOf(begun);
        assertThat(ids).filteredOn(id -> state(id) == MessageState.UNKNOWN).containsExactlyInAnyOrderElementsOf(begun);
    }

    @Test
    void journalLetsKeylessSendersClaimInBatches(@TempDir Path other) {
        AtomicInteger claims = new AtomicInteger();
        enqueueMany(320);
        Dispatcher dispatcher = closing(Dispatcher.builder(live())
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
        started(live(), QUICK.withPoll(Duration.ofMillis(50)), heir);
        awaitState(id, MessageState.SENT);
        assertThat(heir.given()).hasSize(1);
    }
}
