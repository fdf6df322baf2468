package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.SessionConflictException;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.ChangeListener;
import dev.signalbox.session.bus.SessionStore.Cursor;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.Notifications;
import dev.signalbox.session.bus.SessionStore.Place;
import dev.signalbox.session.bus.SessionStore.Slice;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link SessionStore} has to do alike. */
public abstract class SessionStoreContract extends SessionUpkeepContract {
    /** Whether appends can have an unknown outcome, so that a repeated batch has to be recognised. */
    protected boolean recognisesRepeats() {
        return true;
    }

    @Test
    void aNewSessionBeginsWithANumberFromTheClockAndGoesOnWithoutHoles() throws Exception {
        SessionStore store = store();
        Append first = batch("s", "a", "b");
        List<Place> places = store.append(first);
        assertThat(offsets(places)).containsExactly(first.firstOffset(), first.firstOffset() + 1);
        assertThat(offsets(store.append(batch("s", "c")))).containsExactly(first.firstOffset() + 2);
        assertThat(places.getFirst().at()).isEqualTo(clock.instant());
    }

    @Test
    void aBatchMayHoldManySessionsInAnyOrder() throws Exception {
        SessionStore store = store();
        List<Entry> entries = List.of(entry("b", "b1"), entry("a", "a1"), entry("b", "b2"), entry("c", "c1"));
        Append batch = new Append(UUID.randomUUID(), clock.instant(), entries);
        long first = batch.firstOffset();
        assertThat(offsets(store.append(batch))).containsExactly(first, first, first + 1, first);
        assertThat(texts(read(store, "b", 0, 10))).containsExactly("b1", "b2");
        assertThat(texts(read(store, "a", 0, 10))).containsExactly("a1");
    }

    @Test
    void aRepeatedBatchIsRecognised() throws Exception {
        SessionStore store = store();
        if (!recognisesRepeats()) {
            return;
        }
        store.append(batch("s", "before"));
        Append batch = new Append(
                UUID.randomUUID(), clock.instant(), List.of(entry("s", "x"), entry("t", "y"), entry("s", "z")));
        List<Place> places = store.append(batch);
        store.append(batch("s", "after"));
        clock.advance(Duration.ofMinutes(5));
        assertThat(offsets(store.append(batch))).isEqualTo(offsets(places));
        assertThat(offsets(store().append(batch))).isEqualTo(offsets(places));
        assertThat(texts(read(store, "s", 0, 10))).containsExactly("before", "x", "z", "after");
        assertThat(texts(read(store, "t", 0, 10))).containsExactly("y");
    }

    @Test
    void aBatchThatIsRepeatedWhileTheFirstIsUnderWayIsAppendedOnce() throws Exception {
        if (!recognisesRepeats()) {
            return;
        }
        SessionStore store = store();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 20; round++) {
                Append batch = batch("s", "r" + round + "a", "r" + round + "b");
                List<Future<List<Place>>> all = IntStream.range(0, 4)
                        .mapToObj(i -> threads.submit(() -> store.append(batch)))
                        .toList();
                List<Place> places = all.getFirst().get();
                for (Future<List<Place>> one : all) {
                    assertThat(offsets(one.get())).isEqualTo(offsets(places));
                }
            }
        }
        assertThat(read(store, "s", 0, 100).events()).hasSize(40);
    }

    @Test
    void concurrentAppendsLeaveNoHoleAndKeepEachSendersOrder() throws Exception {
        SessionStore one = store();
        SessionStore other = store();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> senders = new ArrayList<>();
            for (int sender = 0; sender < 8; sender++) {
                SessionStore store = sender % 2 == 0 ? one : other;
                String name = "sender" + sender + "-";
                senders.add(threads.submit(() -> {
                    for (int i = 0; i < 50; i++) {
                        List<Entry> both = new ArrayList<>(List.of(entry("s", name + i), entry("t", name + i)));
                        store.append(new Append(
                                UUID.randomUUID(), clock.instant(), name.hashCode() % 2 == 0 ? both : both.reversed()));
                    }
                }));
            }
            for (Future<?> sender : senders) {
                sender.get();
            }
        }
        for (String session : List.of("s", "t")) {
            Slice slice = read(one, session, 0, 1_000);
            assertThat(slice.events()).hasSize(400);
            assertDense(slice);
            for (int sender = 0; sender < 8; sender++) {
                String name = "sender" + sender + "-";
                assertThat(texts(slice).stream().filter(text -> text.startsWith(name)))
                        .containsExactlyElementsOf(
                                IntStream.range(0, 50).mapToObj(i -> name + i).toList());
            }
        }
    }

    /** Each node would have it begin with a number from its own clock. */
    @Test
    void aSessionThatSeveralNodesBeginAtOnceHasNoHole() throws Exception {
        List<SessionStore> nodes = List.of(store(), store(), store());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 30; round++) {
                String session = "new" + round;
                var together = new CyclicBarrier(nodes.size());
                List<Future<?>> senders = new ArrayList<>();
                for (int node = 0; node < nodes.size(); node++) {
                    SessionStore store = nodes.get(node);
                    Instant itsTime = clock.instant().plusMillis(10L * node);
                    senders.add(threads.submit(() -> {
                        together.await();
                        store.append(new Append(UUID.randomUUID(), itsTime, List.of(entry(session, "a"))));
                        return store.append(new Append(UUID.randomUUID(), itsTime, List.of(entry(session, "b"))));
                    }));
                }
                for (Future<?> sender : senders) {
                    sender.get();
                }
                Slice slice = read(nodes.getFirst(), session, 0, 10);
                assertThat(slice.events()).hasSize(6);
                assertDense(slice);
            }
        }
    }

    @Test
    void timesDoNotDecreaseWhenAClockDoes() throws Exception {
        SessionStore store = store();
        store.append(batch("s", "a"));
        Append earlier = new Append(UUID.randomUUID(), clock.instant().minusSeconds(60), List.of(entry("s", "b")));
        assertThat(store.append(earlier).getFirst().at()).isEqualTo(clock.instant());
        assertThat(read(store, "s", 0, 10).events()).extracting(Stored::at).containsOnly(clock.instant());
    }

    @Test
    void readsFromManyPlacesAtATime() throws Exception {
        SessionStore store = store();
        long a = first(store.append(batch("a", "a0", "a1", "a2", "a3")));
        long b = first(store.append(batch("b", "b0", "b1")));
        List<Slice> slices = store.read(
                List.of(
                        new Cursor("b", b),
                        new Cursor("unknown", 0),
                        new Cursor("a", 0),
                        new Cursor("a", a + 1),
                        new Cursor("b", b + 1)),
                2);
        assertThat(slices.stream().map(SessionStoreContract::texts))
                .containsExactly(List.of("b1"), List.of(), List.of("a0", "a1"), List.of("a2", "a3"), List.of());
        assertThat(slices.stream().map(slice -> slice.last().offset())).containsExactly(b + 1, 0L, a + 3, a + 3, b + 1);
        assertThat(slices.stream().map(Slice::begin)).containsExactly(b, 0L, a, a, b);
        assertThat(slices.getFirst().events().getFirst().at()).isEqualTo(clock.instant());
    }

    @Test
    void keepsBytesAsTheyAre() throws Exception {
        SessionStore store = store();
        byte[] all = new byte[256];
        IntStream.range(0, 256).forEach(i -> all[i] = (byte) i);
        store.append(new Append(
                UUID.randomUUID(), clock.instant(), List.of(new Entry("s", "", all), new Entry("s", "", new byte[0]))));
        assertThat(read(store, "s", 0, 10).events()).extracting(Stored::payload).containsExactly(all, new byte[0]);
    }

    @Test
    void tellsTheLastOffsetsOfManySessions() throws Exception {
        SessionStore store = store();
        long a = first(store.append(batch("a", "1", "2")));
        long b = first(store.append(batch("ü/✓.b", "1")));
        List<String> asked = new ArrayList<>(
                IntStream.range(0, 2_000).mapToObj(i -> "other" + i).toList());
        asked.addAll(List.of("a", "ü/✓.b"));
        Map<String, Long> last = new HashMap<>();
        store.heads(asked).forEach((session, head) -> last.put(session, head.offset()));
        assertThat(last).isEqualTo(Map.of("a", a + 1, "ü/✓.b", b));
        assertThat(store.heads(List.of())).isEmpty();
    }

    @Test
    void tellsOfWhatOthersAppend() throws Exception {
        Heard heard = new Heard();
        Notifications notifications = closing(store().listen(heard, LIVENESS));
        SessionStore other = store();
        long a = other.append(batch("a", "1", "2")).getLast().offset();
        long b = first(other.append(batch("ü/✓", "1")));
        await().untilAsserted(() -> {
            notifications.await(Duration.ofMillis(20));
            notifications.check();
            if (heard.somewhere.get() == 0) {
                assertThat(heard.last).containsEntry("a", a).containsEntry("ü/✓", b);
            }
        });
    }

    @Test
    void closedNotificationsTellNothing() throws Exception {
        Heard heard = new Heard();
        SessionStore store = store();
        Notifications closed = store.listen(heard, LIVENESS);
        closed.close();
        closed.close();
        Heard other = new Heard();
        Notifications open = closing(store.listen(other, LIVENESS));
        store.append(batch("a", "1"));
        await().until(() -> {
            open.await(Duration.ofMillis(20));
            return !other.last.isEmpty() || other.somewhere.get() > 0;
        });
        assertThat(heard.last).isEmpty();
    }

    @Test
    void eventsKeepTheirIdentityAndHeaders() throws Exception {
        SessionStore store = store();
        Append first = batch("s", "a", "b");
        store.append(first);
        Append second = new Append(
                UUID.randomUUID(),
                clock.instant(),
                List.of(new Entry("s", "{\"trace\":\"7 \u2713\"}", new byte[] {'c'}), entry("s", "d")));
        List<Place> places = store.append(second);
        assertThat(places).extracting(Place::previous).containsExactly(first.id(), second.id());
        Slice slice = read(store, "s", 0, 10);
        assertThat(slice.events())
                .extracting(Stored::batch)
                .containsExactly(first.id(), first.id(), second.id(), second.id());
        assertThat(slice.events()).extracting(Stored::headers).containsExactly("", "", "{\"trace\":\"7 \u2713\"}", "");
        assertThat(slice.last()).isEqualTo(slice.events().getLast().id());
        assertThat(store.heads(List.of("s"))).isEqualTo(Map.of("s", slice.last()));
    }

    @Test
    void anAppendMayExpectWhereTheSessionEnds() throws Exception {
        SessionStore store = store();
        Append first = expecting(0, "a");
        long offset = first(store.append(first));
        assertThatThrownBy(() -> store.append(expecting(0, "b")))
                .isInstanceOfSatisfying(
                        SessionConflictException.class,
                        conflict -> assertThat(conflict.last()).isEqualTo(new EventId(offset, first.id())));
        assertThatThrownBy(() -> store.append(expecting(offset + 1, "b"))).isInstanceOf(SessionConflictException.class);
        assertThat(offsets(store.append(expecting(offset, "b")))).containsExactly(offset + 1);
        if (recognisesRepeats()) {
            assertThat(offsets(store.append(first))).as("repeated").containsExactly(offset);
        }
        assertThat(texts(read(store, "s", 0, 10))).containsExactly("a", "b");
    }

    /** The offset is right, and the event there is another: the store had lost the one that was seen. */
    @Test
    void anAppendMayExpectTheVeryEventThatTheSessionEndsWith() throws Exception {
        SessionStore store = store();
        Append begin = batch("s", "a");
        long offset = first(store.append(begin));
        EventId lost = new EventId(offset, UUID.randomUUID());
        assertThatThrownBy(() -> store.append(expecting(lost, "b")))
                .isInstanceOf(SessionConflictException.class)
                .hasMessageContaining("another event");
        EventId last = new EventId(offset, begin.id());
        assertThat(offsets(store.append(expecting(last, "c")))).containsExactly(offset + 1);
        assertThat(texts(read(store, "s", 0, 10))).containsExactly("a", "c");
    }

    private Append expecting(long last, String text) {
        return expecting(EventId.of(last), text);
    }

    private Append expecting(EventId last, String text) {
        return new Append(UUID.randomUUID(), clock.instant(), List.of(entry("s", text)), Optional.of(last), false);
    }

    @Test
    void ofSeveralThatExpectTheSameEndOneIsAppended() throws Exception {
        SessionStore one = store();
        SessionStore other = store();
        long end = first(one.append(batch("s", "begin")));
        AtomicInteger conflicts = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> senders = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                SessionStore store = i % 2 == 0 ? one : other;
                String text = "e" + i;
                senders.add(threads.submit(() -> {
                    try {
                        store.append(expecting(end, text));
                    } catch (SessionConflictException e) {
                        conflicts.incrementAndGet();
                    }
                }));
            }
            for (Future<?> sender : senders) {
                sender.get();
            }
        }
        assertThat(conflicts).hasValue(5);
        assertThat(read(one, "s", 0, 10).events()).hasSize(2);
    }

    @Test
    void aKeyedBatchIsRecognisedFromAnySender() throws Exception {
        SessionStore store = store();
        UUID key = UUID.randomUUID();
        Append first = new Append(key, clock.instant(), List.of(entry("s", "a")), Optional.empty(), true);
        List<Long> offsets = offsets(store.append(first));
        clock.advance(Duration.ofMinutes(9));
        Append again = new Append(key, clock.instant(), List.of(entry("s", "a")), Optional.empty(), true);
        assertThat(offsets(store().append(again))).isEqualTo(offsets);
        assertThat(read(store, "s", 0, 10).events()).hasSize(1);
    }

    @Test
    void manyNodesOpenItAtATime() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<SessionStore>> all = IntStream.range(0, 4)
                    .mapToObj(i -> threads.submit(() -> store()))
                    .toList();
            for (Future<SessionStore> one : all) {
                one.get().append(batch("s", "hello"));
            }
        }
        assertThat(read(store(), "s", 0, 10).events()).hasSize(4);
    }

    private static void assertDense(Slice slice) {
        long first = slice.events().getFirst().offset();
        assertThat(slice.events().stream().map(Stored::offset))
                .containsExactlyElementsOf(
                        LongStream.range(first, first + slice.events().size())
                                .boxed()
                                .toList());
        assertThat(slice.last().offset()).isEqualTo(first + slice.events().size() - 1);
    }

    /** Remembers what notifications tell. */
    protected static class Heard implements ChangeListener {
        public final AtomicInteger somewhere = new AtomicInteger();
        public final Map<String, Long> last = new ConcurrentHashMap<>();

        @Override
        public void changed(String session, long offset) {
            last.merge(session, offset, Math::max);
        }

        @Override
        public void changedSomewhere() {
            somewhere.incrementAndGet();
        }
    }
}
