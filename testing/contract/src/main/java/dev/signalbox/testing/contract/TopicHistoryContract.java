package dev.signalbox.testing.contract;

import static dev.signalbox.testing.contract.HistoryFixture.BEGIN;
import static dev.signalbox.testing.contract.HistoryFixture.MUCH;
import static dev.signalbox.testing.contract.HistoryFixture.TOPIC;
import static dev.signalbox.testing.contract.HistoryFixture.all;
import static dev.signalbox.testing.contract.HistoryFixture.append;
import static dev.signalbox.testing.contract.HistoryFixture.appended;
import static dev.signalbox.testing.contract.HistoryFixture.entries;
import static dev.signalbox.testing.contract.HistoryFixture.entry;
import static dev.signalbox.testing.contract.HistoryFixture.failure;
import static dev.signalbox.testing.contract.HistoryFixture.fresh;
import static dev.signalbox.testing.contract.HistoryFixture.get;
import static dev.signalbox.testing.contract.HistoryFixture.ids;
import static dev.signalbox.testing.contract.HistoryFixture.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.router.Position;
import dev.signalbox.router.TopicHistory;
import dev.signalbox.router.TopicHistory.Append;
import dev.signalbox.router.TopicHistory.Appended;
import dev.signalbox.router.TopicHistory.Content;
import dev.signalbox.router.TopicHistory.Entry;
import dev.signalbox.router.TopicHistory.Kept;
import dev.signalbox.router.TopicHistory.Page;
import dev.signalbox.router.TopicHistory.Place;
import dev.signalbox.router.TopicHistory.Retention;
import dev.signalbox.router.TopicHistoryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link TopicHistory} must do. Each test uses a cluster of its own, so that all of a class may share one store. */
@Timeout(120)
public abstract class TopicHistoryContract {
    private static final int BATCHES = 20;

    private final List<TopicHistory> open = new ArrayList<>();
    private final String cluster = "contract-" + Long.toString(System.nanoTime(), 36);
    private TopicHistory history;

    /** The history of a cluster by that name, as one of its nodes uses it. */
    protected abstract TopicHistory history(String cluster);

    @BeforeEach
    void openHistory() {
        history = node();
    }

    @AfterEach
    void closeHistories() {
        open.forEach(TopicHistory::close);
    }

    private TopicHistory node() {
        return node(cluster);
    }

    private TopicHistory node(String name) {
        TopicHistory made = history(name);
        open.add(made);
        return made;
    }

    private static Position last(Appended appended) {
        return new Position(appended.epoch(), appended.last());
    }

    private static List<Place> places(long first, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Place(first + i, false))
                .toList();
    }

    private static String[] names(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toArray(String[]::new);
    }

    @Test
    void whatIsAppendedIsReadInItsOrderByEveryNode() {
        Append first = append(Optional.empty(), "a", "b");
        Appended one = get(history.append(first));
        Appended two = appended(node(), "c");

        Page page = read(node(), 0).orElseThrow();

        assertThat(one).isEqualTo(new Appended(first.fresh().epoch(), BEGIN + 2, places(BEGIN + 1, 2)));
        assertThat(two).isEqualTo(new Appended(one.epoch(), BEGIN + 3, places(BEGIN + 3, 1)));
        assertThat(page.epoch()).isEqualTo(one.epoch());
        assertThat(page.first()).isEqualTo(BEGIN + 1);
        assertThat(page.last()).isEqualTo(BEGIN + 3);
        assertThat(ids(page.entries())).containsExactly("a", "b", "c");
        assertThat(page.entries()).extracting(Kept::offset).containsExactly(BEGIN + 1, BEGIN + 2, BEGIN + 3);
        assertThat(page.entries().getFirst().entry().content().bytes())
                .isEqualTo(entry("a").content().bytes());
    }

    @Test
    void whateverBytesAreKeptAsTheyAre() {
        byte[] bytes = new byte[256];
        IntStream.range(0, bytes.length).forEach(i -> bytes[i] = (byte) i);

        get(history.append(new Append(
                TOPIC,
                List.of(new Entry("x", Content.of(bytes)), new Entry("empty", Content.of(new byte[0]))),
                MUCH,
                Optional.empty(),
                fresh(BEGIN))));

        List<Kept> kept = all(history, TOPIC);
        assertThat(kept.getFirst().entry().content().bytes()).isEqualTo(bytes);
        assertThat(kept.getLast().entry().content().bytes()).isEmpty();
    }

    @Test
    void nothingIsKnownOfATopicThatWasNeverAppendedTo() {
        appended(history, "a");

        assertThat(get(history.read("other", 0, 1_000))).isEmpty();
        assertThat(get(node(cluster + "-other").read(TOPIC, 0, 1_000))).isEmpty();
    }

    @Test
    void anAppendWithoutEntriesBeginsATopicAndTellsItsEnd() {
        Append begin = append(Optional.empty());
        Appended begun = get(history.append(begin));
        Page page = read(node(), 0).orElseThrow();
        appended(history, "a");

        Appended told = get(node().append(append(Optional.empty())));

        assertThat(begun).isEqualTo(new Appended(begin.fresh().epoch(), BEGIN, List.of()));
        assertThat(page).isEqualTo(new Page(begun.epoch(), BEGIN + 1, BEGIN, List.of()));
        assertThat(told).isEqualTo(new Appended(begun.epoch(), BEGIN + 1, List.of()));
    }

    @Test
    void whatComesAgainKeepsItsPlace() {
        appended(history, "a", "b");

        Appended again = appended(node(), "b", "c", "a");

        assertThat(again.places())
                .containsExactly(new Place(BEGIN + 2, true), new Place(BEGIN + 3, false), new Place(BEGIN + 1, true));
        assertThat(again.last()).isEqualTo(BEGIN + 3);
        assertThat(ids(all(history, TOPIC))).containsExactly("a", "b", "c");
    }

    @Test
    void nodesThatAppendAtOnceShareOneOrder() throws InterruptedException {
        List<Thread> nodes = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            TopicHistory node = node();
            nodes.add(Thread.ofVirtual().start(() -> {
                for (int i = 0; i < BATCHES; i++) {
                    appended(node, name + "-" + i + "-x", name + "-" + i + "-y");
                }
            }));
        }
        for (Thread node : nodes) {
            node.join();
        }

        List<Kept> kept = all(history, TOPIC);
        assertThat(kept)
                .extracting(Kept::offset)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 3 * BATCHES * 2)
                        .mapToObj(i -> BEGIN + i)
                        .toList());
        for (String name : List.of("a", "b", "c")) {
            assertThat(ids(kept).stream().filter(id -> id.startsWith(name)))
                    .containsExactlyElementsOf(IntStream.range(0, BATCHES)
                            .boxed()
                            .flatMap(i -> List.of(name + "-" + i + "-x", name + "-" + i + "-y").stream())
                            .toList());
        }
    }

    @Test
    void aStoreBehindWhatWasSeenBeginsANewEpoch() {
        Position seen = last(appended(history, "a", "b"));

        Append ahead = append(Optional.of(new Position(seen.epoch(), seen.offset() + 1)), "a");
        Appended anew = get(node().append(ahead));

        assertThat(anew.epoch()).isEqualTo(ahead.fresh().epoch()).isNotEqualTo(seen.epoch());
        // The id of before is not known in it.
        assertThat(anew.places()).containsExactly(new Place(ahead.fresh().offset() + 1, false));
        assertThat(anew.last()).isEqualTo(ahead.fresh().offset() + 1);
        Page page = read(history, 0).orElseThrow();
        assertThat(page.epoch()).isEqualTo(anew.epoch());
        assertThat(ids(page.entries())).containsExactly("a");
        assertThat(page.first()).isEqualTo(page.last()).isEqualTo(anew.last());
    }

    @Test
    void aCallerCanEndTheEpochInAnyCase() {
        Position seen = last(appended(history, "a"));

        Append end = append(Optional.of(new Position(seen.epoch(), Long.MAX_VALUE)));
        Appended anew = get(history.append(end));

        assertThat(anew.epoch()).isEqualTo(end.fresh().epoch());
        assertThat(all(node(), TOPIC)).isEmpty();
        assertThat(appended(node(), "b").places()).containsExactly(new Place(anew.last() + 1, false));
    }

    @Test
    void whatWasSeenOfThisEpochOrAnotherEndsNothing() {
        Position seen = last(appended(history, "a"));

        Appended next = get(history.append(append(Optional.of(seen), "b")));
        Appended ofAnother = get(history.append(append(Optional.of(fresh(Long.MAX_VALUE)), "c")));

        assertThat(next.epoch()).isEqualTo(seen.epoch()).isEqualTo(ofAnother.epoch());
        assertThat(ids(all(history, TOPIC))).containsExactly("a", "b", "c");
    }

    @Test
    void pagesAreBoundedInEntriesAndInBytes() {
        for (int i = 0; i < 3; i++) {
            appended(history, names("b" + i + "-", 200));
        }

        Page full = read(node(), 0).orElseThrow();
        Page small = get(history.read(TOPIC, BEGIN + 300, 1)).orElseThrow();
        Page end = read(history, BEGIN + 600).orElseThrow();

        assertThat(full.entries()).hasSize(TopicHistory.MAX_ENTRIES);
        assertThat(full.last()).isEqualTo(BEGIN + 600);
        assertThat(small.entries()).extracting(Kept::offset).containsExactly(BEGIN + 301);
        assertThat(end.entries()).isEmpty();
        assertThat(all(history, TOPIC)).hasSize(600);
    }

    /** Appends far more than its policy keeps; returns the last offset. */
    private long appendSurplus(int batch) {
        return get(history.append(new Append(
                        TOPIC,
                        entries(names("b" + batch + "-", TopicHistory.MAX_ENTRIES)),
                        new Retention(10, 1 << 20, Duration.ofHours(1)),
                        Optional.empty(),
                        fresh(BEGIN))))
                .last();
    }

    /** Stores may keep more, but not for ever. */
    @Test
    void whatIsBeyondThePolicyIsDroppedAndNothingElse() {
        long last = 0;
        for (int i = 0; i < BATCHES; i++) {
            last = appendSurplus(i);
        }

        List<Kept> kept = all(node(), TOPIC);

        assertThat(last).isEqualTo(BEGIN + BATCHES * TopicHistory.MAX_ENTRIES);
        assertThat(kept).hasSizeBetween(10, (BATCHES - 1) * TopicHistory.MAX_ENTRIES);
        assertThat(kept.getLast().offset()).isEqualTo(last);
        assertThat(kept.getLast().offset() - kept.getFirst().offset() + 1).isEqualTo(kept.size());
        assertThat(read(history, 0).orElseThrow().first())
                .isEqualTo(kept.getFirst().offset());
    }

    /** It has followed all that was appended, and so could think that all is still there. */
    @Test
    void aNodeThatOnlyReadsKnowsWhatAnotherHasDropped() {
        TopicHistory reader = node();
        long last = 0;
        for (int i = 0; i < BATCHES; i++) {
            last = appendSurplus(i);
            assertThat(read(reader, last - 1)).isPresent();
        }

        long oldest = read(node(), 0).orElseThrow().first();
        assertThat(read(reader, last).orElseThrow().first()).isEqualTo(oldest).isGreaterThan(BEGIN + 1);
    }

    /** Of 60 KiB each, so that the bound of bytes is what counts. */
    @Test
    void bytesAreBoundedButTheNewestIsKept() {
        Retention small = new Retention(10_000, 1_000, Duration.ofHours(1));
        byte[] bytes = new byte[60 << 10];
        for (int i = 0; i < 200; i++) {
            get(history.append(new Append(
                    TOPIC, List.of(new Entry("e" + i, Content.of(bytes))), small, Optional.empty(), fresh(BEGIN))));
        }

        List<Kept> kept = all(history, TOPIC);

        assertThat(kept).hasSizeBetween(1, 150);
        assertThat(kept.getLast().entry().id()).isEqualTo("e199");
    }

    @Test
    void idsAreKnownBeyondWhatIsKept() {
        Retention nothing = new Retention(0, 0, Duration.ZERO);
        for (int i = 0; i < 4; i++) {
            get(history.append(
                    new Append(TOPIC, entries(names("b" + i + "-", 256)), nothing, Optional.empty(), fresh(BEGIN))));
        }

        Appended again = get(
                node().append(new Append(TOPIC, entries("b0-0", "b3-255"), nothing, Optional.empty(), fresh(BEGIN))));

        assertThat(again.places()).containsExactly(new Place(BEGIN + 1, true), new Place(BEGIN + 1_024, true));
    }

    @Test
    void anEntryHasItsLargestSizeAndNoMore() {
        int most = history.maxBytes();
        assertThat(most).isGreaterThanOrEqualTo(TopicHistory.LEAST_MAX_BYTES);
        byte[] large = new byte[Math.min(most, 4 << 20)];

        get(history.append(new Append(
                TOPIC, List.of(new Entry("x".repeat(64), Content.of(large))), MUCH, Optional.empty(), fresh(BEGIN))));

        assertThat(all(node(), TOPIC).getFirst().entry().content().bytes()).hasSameSizeAs(large);
        Append tooLarge = new Append(
                TOPIC, List.of(new Entry("y", Content.of(new byte[most + 1]))), MUCH, Optional.empty(), fresh(BEGIN));
        assertThatIllegalArgumentException().isThrownBy(() -> history.append(tooLarge));
    }

    /** As much as a node appends at a time, which no store need take in one step. */
    @Test
    void anAppendMayHaveAMebibyte() {
        byte[] bytes = new byte[4 << 10];
        List<Entry> entries = IntStream.range(0, TopicHistory.MAX_ENTRIES)
                .mapToObj(i -> new Entry("e" + i, Content.of(bytes)))
                .toList();

        Appended done = get(history.append(new Append(TOPIC, entries, MUCH, Optional.empty(), fresh(BEGIN))));

        assertThat(done.places()).isEqualTo(places(BEGIN + 1, TopicHistory.MAX_ENTRIES));
        assertThat(all(node(), TOPIC)).hasSize(TopicHistory.MAX_ENTRIES);
    }

    @Test
    void topicsOfAllNamesAreApart() {
        List<String> names = List.of("a", "a.b", "a..b", ".", "A", "a/b:c=d+e@f~g_h-i", "x".repeat(128));
        for (String name : names) {
            get(history.append(new Append(name, entries(name.length() + "-x"), MUCH, Optional.empty(), fresh(BEGIN))));
        }

        for (String name : names) {
            assertThat(ids(all(node(), name))).as(name).containsExactly(name.length() + "-x");
        }
    }

    @Test
    void aClosedHistorySaysSo() {
        history.close();
        history.close();

        assertThat(failure(history.append(append(Optional.empty(), "a"))))
                .isInstanceOfSatisfying(
                        TopicHistoryException.class,
                        each -> assertThat(each.maybeStored()).isFalse());
        assertThat(failure(history.read(TOPIC, 0, 1_000))).isInstanceOf(TopicHistoryException.class);
    }
}
