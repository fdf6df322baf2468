package dev.signalbox.testing.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Claim;
import dev.signalbox.session.bus.SessionStore.ClaimRequest;
import dev.signalbox.session.bus.SessionStore.Claimed;
import dev.signalbox.session.bus.SessionStore.Claims;
import dev.signalbox.session.bus.SessionStore.Cursor;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.GroupKey;
import dev.signalbox.session.bus.SessionStore.Place;
import dev.signalbox.session.bus.SessionStore.Slice;
import dev.signalbox.session.bus.SessionStore.Stored;
import dev.signalbox.session.bus.SessionStore.Tail;
import dev.signalbox.session.bus.SessionStore.TailListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link SessionStore} has to do alike. */
public abstract class SessionStoreContract extends SessionContract {
    private static final GroupKey GROUP = new GroupKey("s", "workers");
    private static final Duration LEASE = Duration.ofSeconds(30);

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
        assertThat(store.append(batch)).isEqualTo(places);
        assertThat(store().append(batch)).isEqualTo(places);
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
                    assertThat(one.get()).isEqualTo(places);
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
        assertThat(slices.stream().map(Slice::last)).containsExactly(b + 1, 0L, a + 3, a + 3, b + 1);
        assertThat(slices.stream().map(Slice::begin)).containsExactly(b, 0L, a, a, b);
        assertThat(slices.getFirst().events().getFirst().at()).isEqualTo(clock.instant());
    }

    @Test
    void keepsBytesAsTheyAre() throws Exception {
        SessionStore store = store();
        byte[] all = new byte[256];
        IntStream.range(0, 256).forEach(i -> all[i] = (byte) i);
        store.append(new Append(
                UUID.randomUUID(), clock.instant(), List.of(new Entry("s", all), new Entry("s", new byte[0]))));
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
        assertThat(store.last(asked)).isEqualTo(Map.of("a", a + 1, "ü/✓.b", b));
        assertThat(store.last(List.of())).isEmpty();
    }

    @Test
    void findsWhereAnInstantIs() throws Exception {
        SessionStore store = store();
        long first = first(store.append(batch("s", "a", "b")));
        var start = clock.instant();
        clock.advance(Duration.ofSeconds(10));
        store.append(batch("s", "c"));
        assertThat(store.before("s", start.minusSeconds(1))).isEqualTo(first - 1);
        assertThat(store.before("s", start)).isEqualTo(first - 1);
        assertThat(store.before("s", start.plusMillis(1))).isEqualTo(first + 1);
        assertThat(store.before("s", start.plusSeconds(10))).isEqualTo(first + 1);
        assertThat(store.before("s", start.plusSeconds(11))).isEqualTo(first + 2);
        assertThat(store.before("unknown", start)).isZero();
    }

    @Test
    void theTailHearsOfWhatOthersAppend() throws Exception {
        Heard heard = new Heard();
        closing(store().tail(heard));
        await().until(() -> heard.ups.get() > 0);
        SessionStore other = store();
        long a = other.append(batch("a", "1", "2")).getLast().offset();
        long b = first(other.append(batch("ü/✓", "1")));
        await().untilAsserted(() -> {
            if (heard.somewhere.get() == 0) {
                assertThat(heard.last).containsEntry("a", a).containsEntry("ü/✓", b);
            }
        });
    }

    @Test
    void aClosedTailTellsNothing() throws Exception {
        Heard heard = new Heard();
        SessionStore store = store();
        Tail tail = store.tail(heard);
        await().until(() -> heard.ups.get() > 0);
        tail.close();
        tail.close();
        Heard other = new Heard();
        closing(store.tail(other));
        await().until(() -> other.ups.get() > 0);
        store.append(batch("a", "1"));
        await().until(() -> !other.last.isEmpty() || other.somewhere.get() > 0);
        assertThat(heard.last).isEmpty();
    }

    @Test
    void aGroupGetsEachEventOnceAndMovesOn() throws Exception {
        SessionStore store = store();
        long first = first(store.append(batch("s", "a", "b", "c")));
        Claims claims = claim(store, 0, 2);
        assertThat(claims.position()).isZero();
        assertThat(held(claims)).containsExactly(new Claim(first, 1), new Claim(first + 1, 1));
        assertThat(text(claims.claimed().getFirst().event())).isEqualTo("a");
        Claims more = claim(store(), 0, 2);
        assertThat(more.position()).isEqualTo(first + 1);
        assertThat(held(more)).containsExactly(new Claim(first + 2, 1));
        assertThat(claim(store, 0, 2).claimed()).isEmpty();
        assertThat(store.acknowledge(GROUP, held(claims))).containsExactlyInAnyOrder(first, first + 1);
        assertThat(store.acknowledge(GROUP, held(claims))).isEmpty();
    }

    @Test
    void aNewGroupBeginsWhereAsked() throws Exception {
        SessionStore store = store();
        long first = first(store.append(batch("s", "a", "b", "c")));
        assertThat(held(claim(store, first + 1, 5))).containsExactly(new Claim(first + 2, 1));
        assertThat(claim(store, 0, 5).claimed()).isEmpty();
        ClaimRequest other = new ClaimRequest(
                new GroupKey("s", "auditors"),
                0,
                5,
                clock.instant(),
                clock.instant().plus(LEASE));
        assertThat(store.claim(other).claimed()).hasSize(3);
    }

    @Test
    void aGroupOfAnUnknownSessionGetsItsEventsOnceThereAreSome() throws Exception {
        SessionStore store = store();
        assertThat(claim(store, 0, 5).claimed()).isEmpty();
        long first = first(store.append(batch("s", "a")));
        assertThat(held(claim(store, 0, 5))).containsExactly(new Claim(first, 1));
    }

    @Test
    void whatWasNotAcknowledgedComesBackAfterTheLeaseAndTheLateAcknowledgementIsRefused() throws Exception {
        SessionStore store = store();
        long first = first(store.append(batch("s", "a", "b")));
        Claims slow = claim(store, 0, 2);
        clock.advance(LEASE.minusMillis(1));
        assertThat(claim(store, 0, 2).claimed()).isEmpty();
        clock.advance(Duration.ofMillis(1));
        Claims again = claim(store, 0, 1);
        assertThat(held(again)).containsExactly(new Claim(first, 2));
        // Nobody has taken the second one over, so finishing it late is as good.
        assertThat(store.acknowledge(GROUP, held(slow))).containsExactly(first + 1);
        assertThat(store.acknowledge(GROUP, held(again))).containsExactly(first);
        clock.advance(LEASE.multipliedBy(2));
        assertThat(claim(store, 0, 2).claimed()).isEmpty();
    }

    @Test
    void whatWasReleasedComesBackAtOnceBeforeFreshEvents() throws Exception {
        SessionStore store = store();
        long first = first(store.append(batch("s", "a", "b", "c")));
        Claims claims = claim(store, 0, 2);
        store.release(GROUP, held(claims));
        assertThat(store.acknowledge(GROUP, held(claims))).isEmpty();
        Claims again = claim(store, 0, 3);
        assertThat(held(again)).containsExactly(new Claim(first, 2), new Claim(first + 1, 2), new Claim(first + 2, 1));
        store.release(GROUP, held(claims)); // Too late: these are another's now.
        assertThat(claim(store, 0, 3).claimed()).isEmpty();
        assertThat(store.acknowledge(GROUP, held(again))).hasSize(3);
    }

    @Test
    void manyMembersAtATimeShareWithoutOverlap() throws Exception {
        SessionStore one = store();
        SessionStore other = store();
        one.append(
                batch("s", IntStream.range(0, 200).mapToObj(Integer::toString).toArray(String[]::new)));
        Map<Long, Integer> seen = new ConcurrentHashMap<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> members = new ArrayList<>();
            for (int member = 0; member < 6; member++) {
                SessionStore store = member % 2 == 0 ? one : other;
                members.add(threads.submit(() -> {
                    for (Claims claims = claim(store, 0, 7); !claims.claimed().isEmpty(); claims = claim(store, 0, 7)) {
                        claims.claimed()
                                .forEach(claimed -> seen.merge(claimed.event().offset(), 1, Integer::sum));
                        store.acknowledge(GROUP, held(claims));
                    }
                }));
            }
            for (Future<?> member : members) {
                member.get();
            }
        }
        assertThat(seen).hasSize(200);
        assertThat(seen.values()).containsOnly(1);
    }

    @Test
    void aGroupOutlivesItsNodes() throws Exception {
        SessionStore store = connect(Retention.FOREVER, clock);
        long first = first(store.append(batch("s", "a", "b", "c")));
        Claims claims = claim(store, 0, 2);
        store.acknowledge(GROUP, held(claims).subList(0, 1));
        store.close();
        SessionStore later = store();
        assertThat(held(claim(later, 0, 5))).containsExactly(new Claim(first + 2, 1));
        clock.advance(LEASE);
        assertThat(held(claim(later, 0, 5))).containsExactly(new Claim(first + 1, 2), new Claim(first + 2, 2));
    }

    @Test
    void keepsTheNewestEventsOfEachSession() throws Exception {
        SessionStore store = store(Retention.ofEvents(3));
        long first = first(store.append(batch("s", "a", "b", "c", "d", "e")));
        store.append(batch("t", "x"));
        trim(store);
        assertThat(texts(read(store, "s", 0, 10))).containsExactly("c", "d", "e");
        assertThat(read(store, "s", first, 10).last()).isEqualTo(first + 4);
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
        assertThat(read(store, "s", 0, 10).last()).isEqualTo(first + 2);
    }

    @Test
    void aSessionThatWasWhollyRemovedBeginsAnewWithGreaterOffsets() throws Exception {
        SessionStore store = store(Retention.ofAge(Duration.ofMinutes(10)));
        long last = store.append(batch("s", "a", "b")).getLast().offset();
        clock.advance(Duration.ofMinutes(11));
        trim(store);
        Slice empty = read(store, "s", 0, 10);
        assertThat(empty.events()).isEmpty();
        assertThat(empty.last()).isIn(0L, last);
        long anew = first(store.append(batch("s", "c")));
        assertThat(anew).isGreaterThan(last);
        if (empty.last() == 0) {
            assertThat(read(store, "s", 0, 10).begin()).isEqualTo(anew);
        }
    }

    @Test
    void whatRetentionRemovedIsNotHandedOutToGroups() throws Exception {
        SessionStore store = store(Retention.ofEvents(2));
        long first = first(store.append(batch("s", "a")));
        Claims lost = claim(store, 0, 1);
        store.append(batch("s", "b", "c", "d"));
        trim(store);
        clock.advance(LEASE);
        Claims claims = claim(store, 0, 5);
        assertThat(held(lost)).containsExactly(new Claim(first, 1));
        assertThat(held(claims)).containsExactly(new Claim(first + 2, 1), new Claim(first + 3, 1));
        assertThat(claims.position()).isEqualTo(first);
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
        return new Entry(session, text.getBytes(UTF_8));
    }

    protected static Slice read(SessionStore store, String session, long after, int limit) {
        return store.read(List.of(new Cursor(session, after)), limit).getFirst();
    }

    private Claims claim(SessionStore store, long startAfter, int max) {
        return store.claim(new ClaimRequest(
                GROUP, startAfter, max, clock.instant(), clock.instant().plus(LEASE)));
    }

    private static List<Claim> held(Claims claims) {
        return claims.claimed().stream()
                .map((Claimed one) -> new Claim(one.event().offset(), one.attempt()))
                .toList();
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
        assertThat(slice.last()).isEqualTo(first + slice.events().size() - 1);
    }

    /** Remembers what a tail tells. */
    protected static class Heard implements TailListener {
        public final AtomicInteger ups = new AtomicInteger();
        public final AtomicInteger somewhere = new AtomicInteger();
        public final Map<String, Long> last = new ConcurrentHashMap<>();

        @Override
        public void up() {
            ups.incrementAndGet();
        }

        @Override
        public void down(Throwable cause) {}

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
