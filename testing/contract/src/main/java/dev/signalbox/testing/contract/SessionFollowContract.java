package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.session.bus.BusListener;
import dev.signalbox.session.bus.Codec;
import dev.signalbox.session.bus.Event;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.SessionStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Following a session while others write: the past and the present make one, whatever is told late, twice or never. */
public abstract class SessionFollowContract extends SessionContract {

    @Test
    void followsWhatAnotherNodeSends() throws Exception {
        SessionBus<String> here = bus();
        Recorder recorder = follow(here, "s", From.now());
        sendAll(bus(), "s", 100);
        await().until(() -> recorder.texts().size() == 100);
        recorder.assertWhole();
    }

    @Test
    void beginsAfterWhatWasThereWhenItBeginsNow() throws Exception {
        SessionBus<String> bus = bus();
        sendAll(bus, "s", 10);
        Recorder recorder = follow(bus(), "s", From.now());
        long next = bus.send("s", "first to be seen");
        await().until(() -> recorder.texts().equals(List.of("first to be seen")));
        assertThat(recorder.events().getFirst().offset()).isEqualTo(next);
    }

    @Test
    void pastAndPresentMergeWhileManyWrite() throws Exception {
        SessionBus<String> one = bus();
        SessionBus<String> other = bus();
        int writers = 4;
        int each = 300;
        sendAll(one, "s", 100);
        List<Recorder> recorders = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = IntStream.range(0, writers)
                    .<Future<?>>mapToObj(writer -> threads.submit(() -> {
                        SessionBus<String> bus = writer % 2 == 0 ? one : other;
                        for (int i = 0; i < each; i++) {
                            bus.send("s", writer + "/" + i);
                        }
                    }))
                    .toList();
            for (int i = 0; running.stream().anyMatch(writer -> !writer.isDone()); i++) {
                if (i < 12) {
                    recorders.add(follow(i % 2 == 0 ? one : other, "s", From.beginning()));
                }
                await().until(() -> true);
            }
            for (Future<?> writer : running) {
                writer.get();
            }
        }
        recorders.add(follow(other, "s", From.beginning()));
        List<String> all = one.read("s", From.beginning(), 1_000).events().stream()
                .map(Event::value)
                .toList();
        for (Recorder recorder : recorders) {
            await().until(() -> recorder.texts().size() == 100 + writers * each);
            recorder.assertWhole();
            assertThat(recorder.texts().subList(0, all.size())).isEqualTo(all);
            for (int writer = 0; writer < writers; writer++) {
                String prefix = writer + "/";
                assertThat(recorder.texts().stream().filter(text -> text.startsWith(prefix)))
                        .containsExactlyElementsOf(IntStream.range(0, each)
                                .mapToObj(i -> prefix + i)
                                .toList());
            }
        }
    }

    @Test
    void aSlowSubscriberLosesNothingAndKeepsLittleInMemory() throws Exception {
        AtomicInteger fellBehind = new AtomicInteger();
        SessionBus<String> bus = closing(SessionBus.builder(connect(Retention.FOREVER, clock), Codec.text())
                .options(OPTIONS.withBuffer(4))
                .listener(new BusListener() {
                    @Override
                    public void fellBehind(String session) {
                        fellBehind.incrementAndGet();
                    }
                })
                .build());
        Slow slow = new Slow();
        bus.subscribe("s", From.now(), slow);
        slow.awaitStarted();
        Recorder quick = follow(bus, "s", From.now());
        bus.send("s", "the one it is slow with");
        slow.awaitHeldUp();
        sendAll(bus, "s", 1_000);
        await().until(() -> quick.texts().size() == 1_001);
        assertThat(slow.texts()).isEmpty();
        slow.goOn();
        await().until(() -> slow.texts().size() == 1_001);
        slow.assertWhole();
        quick.assertWhole();
        assertThat(fellBehind).hasPositiveValue();
    }

    @Test
    void aSlowSubscriberWhoseEventsAreRemovedHearsOfTheGap() throws Exception {
        SessionBus<String> bus =
                bus(Retention.ofEvents(10), OPTIONS.withBuffer(4).withTrim(Duration.ofMillis(20)));
        Slow slow = new Slow();
        bus.subscribe("s", From.now(), slow);
        slow.awaitStarted();
        List<Long> offsets = sendAll(bus, "s", 500);
        await().until(() -> bus.read("s", From.beginning(), 1_000).events().size() == 10);
        slow.goOn();
        await().until(() -> slow.offsets().contains(offsets.getLast()));
        assertThat(slow.gaps()).isNotEmpty();
        long told = slow.gaps().stream()
                .mapToLong(gap -> gap.next() - gap.expected())
                .sum();
        assertThat(slow.offsets()).isSorted().doesNotHaveDuplicates();
        assertThat(slow.offsets().size() + told).as("seen or told to be gone").isEqualTo(500);
    }

    @Test
    void whatIsNeverToldOfIsFoundByLooking() throws Exception {
        SessionBus<String> deaf = closing(SessionBus.builder(
                        new DisturbedStore(connect(Retention.FOREVER, clock), DisturbedStore.Tails.DEAF), Codec.text())
                .options(OPTIONS.withSweep(Duration.ofMillis(50)))
                .build());
        Recorder recorder = follow(deaf, "s", From.now());
        SessionBus<String> other = bus();
        for (int i = 0; i < 5; i++) {
            int sent = (i + 1) * 20;
            sendAll(other, "s", 20);
            await().until(() -> recorder.texts().size() == sent);
        }
        recorder.assertWhole();
    }

    @Test
    void whatIsToldLateTwiceAndOutOfOrderDoesNoHarm() throws Exception {
        SessionBus<String> confused = closing(SessionBus.builder(
                        new DisturbedStore(connect(Retention.FOREVER, clock), DisturbedStore.Tails.CONFUSED),
                        Codec.text())
                .options(OPTIONS)
                .build());
        Recorder recorder = follow(confused, "s", From.now());
        SessionBus<String> other = bus();
        for (int i = 0; i < 10; i++) {
            sendAll(other, "s", 10);
            sendAll(confused, "s", 10);
        }
        await().until(() -> recorder.texts().size() == 200);
        recorder.assertWhole();
    }

    @Test
    void manySessionsAreFollowedAtATime() throws Exception {
        SessionBus<String> here = bus();
        SessionBus<String> there = bus();
        List<Recorder> recorders = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            Recorder recorder = new Recorder();
            here.subscribe("s" + i, From.beginning(), recorder);
            recorders.add(recorder);
        }
        for (Recorder recorder : recorders) {
            recorder.awaitStarted();
        }
        joinAll(IntStream.range(0, 2_000)
                .mapToObj(i -> there.sendAsync("s" + i % 500, "e" + i / 500))
                .toList());
        await().untilAsserted(() ->
                assertThat(recorders).allMatch(recorder -> recorder.texts().equals(List.of("e0", "e1", "e2", "e3"))));
        recorders.forEach(Recorder::assertWhole);
    }

    @Test
    void theStoreComingBackIsAllThatASubscriberNeeds() throws Exception {
        DisturbedStore store = new DisturbedStore(connect(Retention.FOREVER, clock), DisturbedStore.Tails.DEAF);
        SessionBus<String> bus = closing(SessionBus.builder((SessionStore) store, Codec.text())
                .options(OPTIONS.withSweep(Duration.ofMillis(20)))
                .build());
        Recorder recorder = follow(bus, "s", From.now());
        SessionBus<String> other = bus();
        store.setAway(true);
        sendAll(other, "s", 10);
        Recorder begunMeanwhile = new Recorder();
        bus.subscribe("s", From.beginning(), begunMeanwhile);
        await().until(() -> store.refusals() > 3);
        store.setAway(false);
        await().until(() ->
                recorder.texts().size() == 10 && begunMeanwhile.texts().size() == 10);
        recorder.assertWhole();
    }

    /** Takes no event before it is let. */
    private static final class Slow extends Recorder {
        private final CountDownLatch heldUp = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);

        @Override
        public void onEvent(Event<String> event) throws Exception {
            heldUp.countDown();
            assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
            super.onEvent(event);
        }

        void awaitHeldUp() throws InterruptedException {
            assertThat(heldUp.await(20, TimeUnit.SECONDS)).isTrue();
        }

        void goOn() {
            goOn.countDown();
        }
    }
}
