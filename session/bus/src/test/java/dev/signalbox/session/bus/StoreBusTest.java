package dev.signalbox.session.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.session.bus.BusHealth.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A bus on a store that hangs, refuses, or goes back. */
class StoreBusTest {
    private static final long SOON = 20;
    private static final BusOptions OFTEN =
            BusOptions.DEFAULT.withSweep(Duration.ofMillis(10)).withTrim(Duration.ofMillis(10));

    @Test
    void everySenderIsToldWithinItsOwnPatienceWhileTheStoreHangs() throws Exception {
        ScriptedStore store = new ScriptedStore(false);
        CountDownLatch goOn = new CountDownLatch(1);
        store.appends.add(batch -> {
            await(goOn);
            return store.put(batch);
        });
        Duration patience = Duration.ofSeconds(1);
        SessionBus<String> bus = bus(store, BusOptions.DEFAULT.withPatience(patience));
        long began = System.nanoTime();
        List<CompletableFuture<Long>> sent = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) {
            sent.add(bus.sendAsync("s", "e" + i));
        }
        CompletableFuture<?>[] all = sent.toArray(CompletableFuture[]::new);
        assertThatThrownBy(() -> CompletableFuture.allOf(all).get(SOON, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(SessionUnavailableException.class);
        bus.close();
        // Batches of 512 that wait for one another would take twelve times the patience.
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
        assertThat(sent).allMatch(CompletableFuture::isCompletedExceptionally);
        goOn.countDown();
    }

    @Test
    void whatWaitedInVainIsNotAppendedLater() throws Exception {
        ScriptedStore store = new ScriptedStore(false);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        store.appends.add(batch -> {
            begun.countDown();
            await(goOn);
            return store.put(batch);
        });
        try (SessionBus<String> bus = bus(store, BusOptions.DEFAULT.withPatience(Duration.ofMillis(100)))) {
            CompletableFuture<Long> open = bus.sendAsync("s", "in the batch");
            await(begun);
            CompletableFuture<Long> waiting = bus.sendAsync("s", "behind it");
            assertThatThrownBy(() -> open.get(SOON, TimeUnit.SECONDS)).hasMessageContaining("may or may not");
            assertThatThrownBy(() -> waiting.get(SOON, TimeUnit.SECONDS)).hasMessageContaining("was not sent");
            goOn.countDown();
            assertThat(bus.send("s", "next")).isEqualTo(2);
        }
    }

    @Test
    void sweepsGoOnWhileABacklogIsTrimmed() throws Exception {
        ScriptedStore store = new ScriptedStore();
        CountDownLatch trimming = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        store.trim.set(() -> {
            trimming.countDown();
            await(goOn);
            return 0;
        });
        try (SessionBus<String> bus = bus(store, OFTEN)) {
            CompletableFuture<Long> seen = new CompletableFuture<>();
            bus.subscribe("s", From.beginning(), event -> seen.complete(event.offset()));
            assertThat(trimming.await(SOON, TimeUnit.SECONDS)).isTrue();
            store.grow(1);
            assertThat(seen.get(SOON, TimeUnit.SECONDS)).isEqualTo(1);
            goOn.countDown();
        }
    }

    @Test
    void aRefusedReadEndsTheSubscriptionAndShowsInHealth() throws Exception {
        ScriptedStore store = new ScriptedStore();
        store.grow(1);
        store.beforeRead.set(() -> {
            throw new SessionBusException("permission denied for table session_event", null);
        });
        try (SessionBus<String> bus = bus(store, OFTEN)) {
            Ending ending = new Ending();
            bus.subscribe("s", From.beginning(), ending);
            assertThat(ending.failure()).get().asString().contains("permission denied");
            assertThat(bus.health().status()).isEqualTo(Status.DEGRADED);
            assertThat(bus.health().problems()).singleElement().asString().contains("permission denied");
            store.beforeRead.set(() -> {});
            bus.subscribe("s", From.beginning(), new Ending()).close();
            CompletableFuture<Long> seen = new CompletableFuture<>();
            bus.subscribe("s", From.beginning(), event -> seen.complete(event.offset()));
            assertThat(seen.get(SOON, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(bus.health().status()).isEqualTo(Status.UP);
        }
    }

    @Test
    void aSubscriberMayWaitUntilItsReadIsNoLongerRefused() throws Exception {
        ScriptedStore store = new ScriptedStore();
        store.grow(1);
        store.beforeRead.set(() -> {
            throw new SessionBusException("permission denied", null);
        });
        CountDownLatch refused = new CountDownLatch(2);
        CompletableFuture<Long> seen = new CompletableFuture<>();
        try (SessionBus<String> bus = bus(store, OFTEN)) {
            bus.subscribe("s", From.beginning(), new Subscriber<>() {
                @Override
                public void onEvent(Event<String> event) {
                    seen.complete(event.offset());
                }

                @Override
                public void onRefused(SessionBusException failure) {
                    refused.countDown();
                }
            });
            assertThat(refused.await(SOON, TimeUnit.SECONDS)).isTrue();
            store.beforeRead.set(() -> {});
            assertThat(seen.get(SOON, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    @Test
    void aSubscriberThatThrowsInterruptedExceptionIsToldAsFailed() throws Exception {
        ScriptedStore store = new ScriptedStore();
        store.grow(1);
        try (SessionBus<String> bus = bus(store, OFTEN)) {
            Ending ending = new Ending() {
                @Override
                public void onEvent(Event<String> event) throws Exception {
                    throw new InterruptedException("of a library it uses");
                }
            };
            bus.subscribe("s", From.beginning(), ending);
            assertThat(ending.failure()).get().isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void aRefusedTrimShowsInHealthAndIsTriedAgain() throws Exception {
        ScriptedStore store = new ScriptedStore();
        CountDownLatch twice = new CountDownLatch(2);
        CompletableFuture<BusHealth> told = new CompletableFuture<>();
        store.trim.set(() -> {
            twice.countDown();
            throw new SessionBusException("permission denied", null);
        });
        try (SessionBus<String> bus = SessionBus.builder(store, Codec.text())
                .options(OFTEN)
                .listener(new BusListener() {
                    @Override
                    public void health(BusHealth health) {
                        told.complete(health);
                    }
                })
                .build()) {
            assertThat(twice.await(SOON, TimeUnit.SECONDS)).isTrue();
            assertThat(told.get(SOON, TimeUnit.SECONDS).status()).isEqualTo(Status.DEGRADED);
            assertThat(bus.health().problems()).singleElement().asString().contains("old events cannot be removed");
        }
    }

    /** The listener's fault must not make an event look as if it was not sent. */
    @Test
    void anErrorOfTheListenerChangesNothing() {
        AtomicInteger calls = new AtomicInteger();
        try (SessionBus<String> bus = SessionBus.builder(new ScriptedStore(), Codec.text())
                .listener(new BusListener() {
                    @Override
                    public void sent(int events, Duration took) {
                        calls.incrementAndGet();
                        throw new AssertionError("a fault of the listener");
                    }
                })
                .build()) {
            assertThat(bus.send("s", "e")).isEqualTo(1);
            assertThat(calls).hasValue(1);
        }
    }

    /** Offset and attempt are the same as the other member's; only the batch tells the lost event from the one that replaced it. */
    @Test
    void aLateAcknowledgementOfALostEventDoesNotEndTheOneThatTookItsOffset() throws Exception {
        ScriptedStore store = new ScriptedStore();
        store.grow(2);
        try (SessionBus<String> bus = bus(store, OFTEN)) {
            Member<String> one = bus.join("s", "g", GroupOptions.DEFAULT);
            Claimed<String> kept = one.take(1, Duration.ofSeconds(SOON)).getFirst();
            store.save();
            Claimed<String> lost = one.take(1, Duration.ofSeconds(SOON)).getFirst();
            store.restore(1);
            store.grow(1);
            Member<String> other = bus.join("s", "g", GroupOptions.DEFAULT);
            Claimed<String> replaced = other.take(1, Duration.ofSeconds(SOON)).getFirst();
            assertThat(replaced.id().offset()).isEqualTo(lost.id().offset());
            assertThat(replaced.attempt()).isEqualTo(lost.attempt());
            assertThat(lost.acknowledge()).isFalse();
            assertThat(lost.renew()).isFalse();
            assertThat(replaced.acknowledge()).isTrue();
            assertThat(kept.acknowledge()).isTrue();
        }
    }

    @Test
    void aGroupWhoseEventsWereReplacedIsToldAGapAndGetsWhatIsThere() throws Exception {
        ScriptedStore store = new ScriptedStore();
        store.grow(5);
        try (SessionBus<String> bus = bus(store, OFTEN)) {
            Member<String> member = bus.join("s", "g", GroupOptions.DEFAULT);
            assertThat(member.acknowledge(member.take(5, Duration.ofSeconds(SOON))))
                    .isEmpty();
            store.goBackTo(3);
            store.grow(4);
            List<Claimed<String>> taken = member.take(10, Duration.ofSeconds(SOON));
            assertThat(taken).extracting(one -> one.id().offset()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
            assertThat(taken.getFirst().gap()).contains(new Gap("s", 6, 1));
        }
    }

    private static SessionBus<String> bus(SessionStore store, BusOptions options) {
        return SessionBus.builder(store, Codec.text()).options(options).build();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Remembers how it ended. */
    private static class Ending implements Subscriber<String> {
        private final CompletableFuture<Optional<Throwable>> ended = new CompletableFuture<>();

        @Override
        public void onEvent(Event<String> event) throws Exception {}

        @Override
        public void onEnded(Optional<Throwable> failure) {
            ended.complete(failure);
        }

        Optional<Throwable> failure() throws Exception {
            return ended.get(SOON, TimeUnit.SECONDS);
        }
    }
}
