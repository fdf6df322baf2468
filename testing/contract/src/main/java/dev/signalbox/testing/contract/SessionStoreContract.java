package dev.signalbox.testing.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionConflictException;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.ChangeListener;
import dev.signalbox.session.bus.SessionStore.Cursor;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.GroupDocument;
import dev.signalbox.session.bus.SessionStore.GroupKey;
import dev.signalbox.session.bus.SessionStore.Notifications;
import dev.signalbox.session.bus.SessionStore.Place;
import dev.signalbox.session.bus.SessionStore.Slice;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
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
public abstract class SessionStoreContract extends SessionContract {
    private static final GroupKey GROUP = new GroupKey("s", "workers");

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
        Notifications notifications = closing(store().listen(heard));
        SessionStore other = store();
        long a = other.append(batch("a", "1", "2")).getLast().offset();
        long b = first(other.append(batch("ü/✓", "1")));
        await().untilAsserted(() -> {
            notifications.await(Duration.ofMillis(20));
            notifications.check(Duration.ofSeconds(10));
            if (heard.somewhere.get() == 0) {
                assertThat(heard.last).containsEntry("a", a).containsEntry("ü/✓", b);
            }
        });
    }

    @Test
    void closedNotificationsTellNothing() throws Exception {
        Heard heard = new Heard();
        SessionStore store = store();
        Notifications closed = store.listen(heard);
        closed.close();
        closed.close();
        Heard other = new Heard();
        Notifications open = closing(store.listen(other));
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
                        conflict -> assertThat(conflict.last()).isEqualTo(offset));
        assertThatThrownBy(() -> store.append(expecting(offset + 1, "b"))).isInstanceOf(SessionConflictException.class);
        assertThat(offsets(store.append(expecting(offset, "b")))).containsExactly(offset + 1);
        if (recognisesRepeats()) {
            assertThat(offsets(store.append(first))).as("repeated").containsExactly(offset);
        }
        assertThat(texts(read(store, "s", 0, 10))).containsExactly("a", "b");
    }

    private Append expecting(long last, String text) {
        return new Append(UUID.randomUUID(), clock.instant(), List.of(entry("s", text)), OptionalLong.of(last), false);
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
    void aKeyedBatchIsRecognisedWhoeverRepeatsIt() throws Exception {
        SessionStore store = store();
        UUID key = UUID.randomUUID();
        Append first = new Append(key, clock.instant(), List.of(entry("s", "a")), OptionalLong.empty(), true);
        List<Long> offsets = offsets(store.append(first));
        clock.advance(Duration.ofMinutes(9));
        Append again = new Append(key, clock.instant(), List.of(entry("s", "a")), OptionalLong.empty(), true);
        assertThat(offsets(store().append(again))).isEqualTo(offsets);
        assertThat(read(store, "s", 0, 10).events()).hasSize(1);
    }

    @Test
    void sessionsAreListedPageByPage() throws Exception {
        SessionStore store = store();
        List<String> names = IntStream.range(0, 25).mapToObj(i -> "s" + i).toList();
        names.forEach(name -> store.append(batch(name, "e")));
        List<String> listed = new ArrayList<>();
        for (List<String> page = store.sessions("", 10); !page.isEmpty(); page = store.sessions(page.getLast(), 10)) {
            assertThat(page).hasSizeLessThanOrEqualTo(10);
            listed.addAll(page);
        }
        assertThat(listed).containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void aDeletedSessionIsGoneWithItsGroupsAndBeginsAnewWithGreaterOffsets() throws Exception {
        SessionStore store = store();
        long last = store.append(batch("s", "a", "b")).getLast().offset();
        store.append(batch("t", "x"));
        store.replaceGroup(GROUP, GroupDocument.ABSENT, new GroupDocument(1, new byte[] {1}));
        store.delete("s");
        store.delete("unknown");
        assertThat(read(store, "s", 0, 10)).isEqualTo(Slice.UNKNOWN);
        assertThat(store.heads(List.of("s"))).isEmpty();
        assertThat(store.sessions("", 10)).containsExactly("t");
        assertThat(store.group(GROUP)).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        assertThat(first(store.append(batch("s", "c")))).isGreaterThan(last);
        assertThat(texts(read(store, "s", 0, 10))).containsExactly("c");
    }

    @Test
    void aGroupIsReplacedOnlyInTheVersionThatWasRead() throws Exception {
        SessionStore store = store();
        store.append(batch("s", "a"));
        assertThat(store.group(GROUP)).isEmpty();
        assertThat(store.replaceGroup(GROUP, 5, document(7))).isFalse();
        assertThat(store.replaceGroup(GROUP, GroupDocument.ABSENT, document(7))).isTrue();
        assertThat(store.replaceGroup(GROUP, GroupDocument.ABSENT, document(8))).isFalse();
        SessionStore other = store();
        assertThat(other.group(GROUP)).get().satisfies(found -> {
            assertThat(found.version()).isEqualTo(7);
            assertThat(found.state()).isEqualTo(document(7).state());
        });
        assertThat(other.replaceGroup(GROUP, 7, document(Long.MAX_VALUE))).isTrue();
        assertThat(store.replaceGroup(GROUP, 7, document(9))).isFalse();
        assertThat(store.group(GROUP)).get().extracting(GroupDocument::version).isEqualTo(Long.MAX_VALUE);
        assertThat(store.group(new GroupKey("s", "others"))).isEmpty();
    }

    /** With every byte there is. */
    private static GroupDocument document(long version) {
        byte[] state = new byte[256];
        IntStream.range(0, 256).forEach(i -> state[i] = (byte) (i + version));
        return new GroupDocument(version, state);
    }

    @Test
    void ofManyWhoReplaceAGroupOneAtATimeSucceeds() throws Exception {
        SessionStore one = store();
        SessionStore other = store();
        one.append(batch("s", "a"));
        AtomicInteger replaced = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 1; i <= 8; i++) {
                SessionStore store = i % 2 == 0 ? one : other;
                GroupDocument document = document(i);
                all.add(threads.submit(() -> {
                    if (store.replaceGroup(GROUP, GroupDocument.ABSENT, document)) {
                        replaced.incrementAndGet();
                    }
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
        assertThat(replaced).hasValue(1);
    }

    @Test
    void keepsTheNewestEventsOfEachSession() throws Exception {
        SessionStore store = store(Retention.ofEvents(3));
        long first = first(store.append(batch("s", "a", "b", "c", "d", "e")));
        store.append(batch("t", "x"));
        trim(store);
        assertThat(texts(read(store, "s", 0, 10))).containsExactly("c", "d", "e");
        assertThat(read(store, "s", first, 10).last().offset()).isEqualTo(first + 4);
        assertThat(read(store, "s", 0, 10).begin()).isEqualTo(first);
        assertThat(texts(read(store, "t", 0, 10))).containsExactly("x");
        assertThat(offsets(store.append(batch("s", "f")))).containsExactly(first + 5);
    }

    @Test
    void removesWhatIsTooOldAndKeepsTheRest() throws Exception {
        SessionStore store = store(Retention.ofAge(Duration.ofMinutes(10)));
        long first = first(store.append(batch("s", "a", "b")));
        clock.advance(Duration.ofMinutes(6));
        store.append(batch("s", "c"));
        clock.advance(Duration.ofMinutes(6));
        trim(store);
        assertThat(texts(read(store, "s", 0, 10))).containsExactly("c");
        assertThat(read(store, "s", 0, 10).last().offset()).isEqualTo(first + 2);
    }

    @Test
    void aSessionThatWasWhollyRemovedBeginsAnewWithGreaterOffsets() throws Exception {
        SessionStore store = store(Retention.ofAge(Duration.ofMinutes(10)));
        long last = store.append(batch("s", "a", "b")).getLast().offset();
        clock.advance(Duration.ofMinutes(11));
        trim(store);
        Slice empty = read(store, "s", 0, 10);
        assertThat(empty.events()).isEmpty();
        assertThat(empty.last().offset()).isIn(0L, last);
        long anew = first(store.append(batch("s", "c")));
        assertThat(anew).isGreaterThan(last);
        if (empty.last().offset() == 0) {
            assertThat(read(store, "s", 0, 10).begin()).isEqualTo(anew);
        }
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

    /** Until there is nothing more to do. */
    protected final void trim(SessionStore store) {
        while (store.trim(clock.instant()) > 0) {
            // The next step removes more.
        }
    }

    protected final Append batch(String session, String... texts) {
        return new Append(
                UUID.randomUUID(),
                clock.instant(),
                Arrays.stream(texts).map(text -> entry(session, text)).toList());
    }

    protected static Entry entry(String session, String text) {
        return new Entry(session, "", text.getBytes(UTF_8));
    }

    protected static Slice read(SessionStore store, String session, long after, int limit) {
        return store.read(List.of(new Cursor(session, after)), limit).getFirst();
    }

    protected static List<String> texts(Slice slice) {
        return slice.events().stream().map(SessionStoreContract::text).toList();
    }

    private static String text(Stored stored) {
        return new String(stored.payload(), UTF_8);
    }

    private static long first(List<Place> places) {
        return places.getFirst().offset();
    }

    private static List<Long> offsets(List<Place> places) {
        return places.stream().map(Place::offset).toList();
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
