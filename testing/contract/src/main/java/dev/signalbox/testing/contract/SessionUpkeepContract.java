package dev.signalbox.testing.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Cursor;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.GroupDocument;
import dev.signalbox.session.bus.SessionStore.GroupKey;
import dev.signalbox.session.bus.SessionStore.Place;
import dev.signalbox.session.bus.SessionStore.Slice;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The part of {@link SessionStoreContract} on what a store keeps besides the order of events: names, groups, and for how long. */
abstract class SessionUpkeepContract extends SessionContract {
    private static final GroupKey GROUP = new GroupKey("s", "workers");

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

    /** Where the head of a session is read before its events, the session may begin, and lose its first events, in between. */
    @Test
    void aSessionThatIsReadWhileItBeginsIsKnownWithItsBeginning() throws Exception {
        SessionStore reader = store();
        SessionStore writer = connect(Retention.ofEvents(1), clock);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 200; round++) {
                String session = "new" + round;
                Future<Slice> known = threads.submit(() -> firstKnown(reader, session));
                long begin = first(writer.append(batch(session, "a", "b")));
                writer.append(batch(session, "c"));
                assertThat(known.get().begin()).as(session).isEqualTo(begin);
            }
        }
    }

    private static Slice firstKnown(SessionStore store, String session) {
        Slice slice = read(store, session, 0, 10);
        while (slice.last().equals(EventId.NONE)) {
            slice = read(store, session, 0, 10);
        }
        return slice;
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
        return slice.events().stream().map(SessionUpkeepContract::text).toList();
    }

    private static String text(Stored stored) {
        return new String(stored.payload(), UTF_8);
    }

    protected static long first(List<Place> places) {
        return places.getFirst().offset();
    }

    protected static List<Long> offsets(List<Place> places) {
        return places.stream().map(Place::offset).toList();
    }
}
