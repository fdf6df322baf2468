package dev.signalbox.session.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Entry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How sends become batches, and what becomes of those that fail. */
class WriterTest {
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final long FOREVER = TimeUnit.MINUTES.toNanos(10);

    private final ScriptedStore store = new ScriptedStore();

    @Test
    void anUnknownOutcomeIsRepeatedUnderTheSameId() {
        store.appends.add(batch -> {
            throw new SessionUnavailableException("cut", null);
        });
        store.appends.add(batch -> {
            throw new SessionUnavailableException("cut again", null);
        });
        assertThat(send(writer(BusOptions.DEFAULT), 1).join()).isEqualTo(1);
        assertThat(store.batches).hasSize(3);
        assertThat(store.batches.stream().map(Append::id).distinct()).hasSize(1);
    }

    @Test
    void patienceEnds() {
        Writer writer = writer(BusOptions.DEFAULT.withPatience(SHORT));
        for (int i = 0; i < 100; i++) {
            store.appends.add(batch -> {
                throw new SessionUnavailableException("cut", null);
            });
        }
        assertThatThrownBy(() -> send(writer, 1).join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(SessionUnavailableException.class);
        store.appends.clear();
        assertThat(send(writer, 2).join()).isEqualTo(1);
    }

    @Test
    void whatCameMeanwhileMakesTheNextBatch() throws Exception {
        Held held = new Held();
        Writer writer = writer(BusOptions.DEFAULT);
        List<CompletableFuture<Long>> sent = held.sendWhileHeld(writer, 5);
        assertThat(sent.stream().map(CompletableFuture::join)).containsExactly(2L, 3L, 4L, 5L, 6L);
        assertThat(store.batches.stream().map(batch -> batch.entries().size())).containsExactly(1, 5);
    }

    /** Otherwise the senders would split into two groups that take turns, in batches of half the size. */
    @Test
    void whatThoseWhoWereToldSendNextIsInTheNextBatch() throws Exception {
        ScriptedStore remote = new ScriptedStore(false);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        remote.appends.add(batch -> {
            begun.countDown();
            Held.await(goOn);
            return remote.put(batch);
        });
        Writer writer = writer(remote, 0, new ConcurrentLinkedQueue<>());
        CompletableFuture<Long> again = send(writer, 1).thenCompose(first -> send(writer, 3));
        Held.await(begun);
        CompletableFuture<Long> meanwhile = send(writer, 2);
        goOn.countDown();
        assertThat(again.get(20, TimeUnit.SECONDS)).isEqualTo(3);
        assertThat(meanwhile.get(20, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(remote.batches.stream().map(batch -> batch.entries().size())).containsExactly(1, 2);
    }

    /** As threads do that wait for their futures: they run on a moment after they were told. */
    @Test
    void aBatchWaitsForSendersThatComeAgainALittleLater() throws Exception {
        ScriptedStore remote = new ScriptedStore(false);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        remote.appends.add(remote::put);
        remote.appends.add(batch -> {
            begun.countDown();
            Held.await(goOn);
            return remote.put(batch);
        });
        Writer writer = writer(remote, FOREVER, new ConcurrentLinkedQueue<>());
        send(writer, 1).get(20, TimeUnit.SECONDS);
        CompletableFuture<Long> first = send(writer, 2);
        Held.await(begun);
        List<CompletableFuture<Long>> both = List.of(send(writer, 3), send(writer, 4));
        goOn.countDown();
        first.get(20, TimeUnit.SECONDS);
        both.forEach(CompletableFuture::join);

        CompletableFuture<Long> early = send(writer, 5);
        assertThat(early).isNotDone();
        CompletableFuture<Long> late = send(writer, 6);
        assertThat(early.get(20, TimeUnit.SECONDS)).isEqualTo(5);
        assertThat(late.get(20, TimeUnit.SECONDS)).isEqualTo(6);
        assertThat(remote.batches.stream().map(batch -> batch.entries().size())).containsExactly(1, 1, 2, 2);
    }

    @Test
    void aBatchDoesNotWaitForSendersThatDoNotComeAgain() throws Exception {
        ScriptedStore remote = new ScriptedStore(false);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        remote.appends.add(batch -> {
            begun.countDown();
            Held.await(goOn);
            return remote.put(batch);
        });
        Writer writer = writer(remote, TimeUnit.MILLISECONDS.toNanos(1), new ConcurrentLinkedQueue<>());
        CompletableFuture<Long> first = send(writer, 1);
        Held.await(begun);
        List<CompletableFuture<Long>> both = List.of(send(writer, 2), send(writer, 3));
        goOn.countDown();
        first.get(20, TimeUnit.SECONDS);
        both.forEach(CompletableFuture::join);

        assertThat(send(writer, 4).get(20, TimeUnit.SECONDS)).isEqualTo(4);
    }

    @Test
    void aSenderThatBlocksWhenItIsToldHoldsNobodyUpForLong() throws Exception {
        ScriptedStore remote = new ScriptedStore(false);
        Writer writer = writer(remote, BusOptions.DEFAULT);
        CompletableFuture<Long> inside =
                send(writer, 1).thenApply(first -> send(writer, 2).join());
        assertThat(inside.get(20, TimeUnit.SECONDS)).isEqualTo(2);
    }

    /** A virtual thread would get the store's answers through others. */
    @Test
    void theStoreIsCalledOnAPlatformThread() throws Exception {
        ScriptedStore remote = new ScriptedStore(false);
        CompletableFuture<Boolean> virtual = new CompletableFuture<>();
        remote.appends.add(batch -> {
            virtual.complete(Thread.currentThread().isVirtual());
            return remote.put(batch);
        });
        Writer writer = writer(remote, BusOptions.DEFAULT);
        assertThat(send(writer, 1).get(20, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(virtual.join()).isFalse();
        writer.close();
    }

    /** More of them than a writer has threads of its own. */
    @Test
    void eachOfManyTurnsMayBlockWhileOthersWrite() throws Exception {
        ScriptedStore remote = new ScriptedStore(false);
        Writer writer = writer(remote, BusOptions.DEFAULT);
        assertThat(sendWithin(writer, 6).get(20, TimeUnit.SECONDS)).isEqualTo(6);
        writer.close();
    }

    /** Each future is completed only after the next, on the thread that tells of it. */
    private static CompletableFuture<Long> sendWithin(Writer writer, int depth) {
        CompletableFuture<Long> sent = send(writer, depth);
        return depth == 1
                ? sent
                : sent.thenApply(offset -> sendWithin(writer, depth - 1).join());
    }

    @Test
    void oneThatIsRefusedDoesNotTakeTheOthersWithIt() throws Exception {
        Held held = new Held();
        Writer writer = writer(BusOptions.DEFAULT);
        store.appends.add(batch -> {
            throw new SessionBusException("one of you is wrong", null);
        });
        store.appends.add(store::put);
        store.appends.add(batch -> {
            throw new SessionBusException("it is you", null);
        });
        List<CompletableFuture<Long>> sent = held.sendWhileHeld(writer, 3);
        assertThat(sent.getFirst().join()).isEqualTo(2);
        assertThatThrownBy(() -> sent.get(1).join()).hasMessageContaining("it is you");
        assertThat(sent.getLast().join()).isEqualTo(3);
    }

    @Test
    void moreThanMayWaitIsRefusedAndNotSent() throws Exception {
        Held held = new Held();
        Writer writer = writer(BusOptions.DEFAULT.withMaxWaiting(3).withPatience(SHORT));
        List<CompletableFuture<Long>> sent = new ArrayList<>();
        held.hold(writer);
        sent.add(send(writer, 2));
        sent.add(send(writer, 3));
        assertThatThrownBy(() -> send(writer, 4)).isInstanceOf(SessionOverloadedException.class);
        held.letGo();
        assertThat(sent.stream().map(CompletableFuture::join)).containsExactly(2L, 3L);
        assertThat(send(writer, 5).join()).isEqualTo(4);
    }

    /** As if its sender had found the turn taken, just before it ended. */
    @Test
    void anEventThatWaitsIsAppendedBeforeOneThatFindsNobodyWriting() {
        Queue<Outgoing> waiting = new ConcurrentLinkedQueue<>();
        Outgoing earlier = new Outgoing(entry(1), SendOptions.DEFAULT, System.nanoTime());
        waiting.add(earlier);
        Writer writer = writer(new ScriptedStore(true), 0, waiting);

        assertThat(send(writer, 2).join()).isEqualTo(2);
        assertThat(earlier.done().join()).isEqualTo(1);
    }

    private Writer writer(BusOptions options) {
        return writer(store, options);
    }

    private static Writer writer(SessionStore store, BusOptions options) {
        return new Writer(store, new WatcherRegistry(), options, monitor());
    }

    private static Writer writer(SessionStore store, long returningNanos, Queue<Outgoing> waiting) {
        var patience = new ToldSenders.Patience(Duration.ofSeconds(20), nanos -> returningNanos);
        return new Writer(store, new WatcherRegistry(), BusOptions.DEFAULT, monitor(), patience, waiting);
    }

    private static BusMonitor monitor() {
        return new BusMonitor(BusListener.NONE, InstantSource.system());
    }

    private static CompletableFuture<Long> send(Writer writer, int n) {
        return writer.send(entry(n), SendOptions.DEFAULT);
    }

    private static Entry entry(int n) {
        return new Entry("s", "", new byte[] {(byte) n});
    }

    /** Keeps the first batch from finishing until it is let go. */
    private final class Held {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final CountDownLatch done = new CountDownLatch(1);

        Held() {
            store.appends.add(batch -> {
                begun.countDown();
                await(goOn);
                return store.put(batch);
            });
        }

        void hold(Writer writer) {
            Thread.startVirtualThread(() -> {
                send(writer, 1).join();
                done.countDown();
            });
            await(begun);
        }

        void letGo() {
            goOn.countDown();
            await(done);
        }

        List<CompletableFuture<Long>> sendWhileHeld(Writer writer, int events) {
            hold(writer);
            List<CompletableFuture<Long>> sent = new ArrayList<>();
            for (int i = 0; i < events; i++) {
                sent.add(send(writer, i + 2));
            }
            letGo();
            return sent;
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
