package dev.signalbox.testing.contract;

import static dev.signalbox.testing.contract.HistoryFixture.TOPIC;
import static dev.signalbox.testing.contract.HistoryFixture.all;
import static dev.signalbox.testing.contract.HistoryFixture.append;
import static dev.signalbox.testing.contract.HistoryFixture.appended;
import static dev.signalbox.testing.contract.HistoryFixture.failure;
import static dev.signalbox.testing.contract.HistoryFixture.get;
import static dev.signalbox.testing.contract.HistoryFixture.ids;
import static dev.signalbox.testing.contract.HistoryFixture.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.Position;
import dev.signalbox.router.TopicHistory;
import dev.signalbox.router.TopicHistory.Append;
import dev.signalbox.router.TopicHistory.Appended;
import dev.signalbox.router.TopicHistory.Place;
import dev.signalbox.router.TopicHistoryException;
import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.services.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a store in another process, and the network before it, may do to a {@link TopicHistory}, and what the history makes of it. */
@Timeout(300)
public abstract class TopicHistoryFaultContract {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final int APPENDS = 60;

    private final List<AutoCloseable> open = new ArrayList<>();
    private FaultyStore store;
    private FaultProxy proxy;

    /** Starts a store of the test's own. */
    protected abstract FaultyStore start();

    /**
     * A history in the store behind a port of this machine; all of them are of one cluster.
     *
     * @param silence how long the store may leave a question unanswered
     */
    protected abstract TopicHistory history(int port, Duration silence);

    @BeforeEach
    void startStore() {
        store = closing(start());
        proxy = closing(FaultProxy.before(store.port()));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T closing(T each) {
        open.add(each);
        return each;
    }

    /** Patient, so that a busy machine is not taken for a silent store. */
    private TopicHistory direct() {
        return closing(history(store.port(), Duration.ofSeconds(20)));
    }

    private TopicHistory proxied() {
        return closing(history(proxy.port(), Duration.ofSeconds(2)));
    }

    /** Asks until there is an answer; what is asked is the same each time. */
    private static <T> T eventually(Callable<T> question) {
        return await().atMost(SOON)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsMatching(
                        e -> e instanceof CompletionException && e.getCause() instanceof TopicHistoryException)
                .until(question, answer -> true);
    }

    private static Position last(Appended appended) {
        return new Position(appended.epoch(), appended.last());
    }

    static LongStream seeds() {
        return Effort.seeds(1);
    }

    /** Connections are cut within answers and questions; each append is repeated, as it was, until it succeeds. */
    @ParameterizedTest
    @MethodSource("seeds")
    void anAppendThatIsRepeatedIsThereOnceAndInOrder(long seed) {
        Random random = new Random(seed);
        TopicHistory node = proxied();
        List<String> expected = new ArrayList<>();
        List<Long> offsets = new ArrayList<>();
        Optional<Position> seen = Optional.empty();
        for (int i = 0; i < APPENDS; i++) {
            expected.add("e" + i);
            switch (random.nextInt(4)) {
                case 0 -> proxy.cutAfterAnswering(random.nextInt(600));
                case 1 -> proxy.cutOnce();
                default -> {} // nothing fails
            }
            Append append = append(seen, "e" + i);
            Appended done = eventually(() -> {
                try {
                    return get(node.append(append));
                } finally {
                    proxy.heal();
                }
            });
            offsets.addAll(done.places().stream().map(Place::offset).toList());
            seen = Optional.of(last(done));
        }

        assertThat(ids(all(direct(), TOPIC)))
                .as(Effort.replay(getClass(), seed))
                .isEqualTo(expected);
        assertThat(offsets)
                .isEqualTo(LongStream.range(0, APPENDS)
                        .mapToObj(i -> offsets.getFirst() + i)
                        .toList());
    }

    /** The store does what it is asked, and its answers are lost. */
    @Test
    void anAppendWhoseAnswerIsLostIsFoundAgain() {
        TopicHistory node = proxied();
        appended(node, "a");
        Append append = append(Optional.empty(), "b", "c");

        proxy.swallowAnswers();
        Throwable lost = failure(node.append(append));
        proxy.cutOnce();
        Appended again = eventually(() -> get(node.append(append)));

        assertThat(lost).isInstanceOf(TopicHistoryException.class);
        assertThat(again.places()).extracting(Place::offset).containsExactly(again.last() - 1, again.last());
        assertThat(ids(all(direct(), TOPIC))).containsExactly("a", "b", "c");
    }

    @Test
    void aFrozenStoreIsToldWithinSecondsAndAnAppendIsThereOnceAfterwards() {
        TopicHistory node = closing(history(store.port(), Duration.ofSeconds(2)));
        appended(node, "a");
        Append append = append(Optional.empty(), "b");

        store.freeze();
        long begun = System.nanoTime();
        Throwable failure = failure(node.append(append));
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        store.thaw();
        eventually(() -> get(node.append(append)));

        assertThat(failure).isInstanceOf(TopicHistoryException.class);
        assertThat(took).isLessThan(Duration.ofSeconds(30));
        assertThat(ids(all(direct(), TOPIC))).containsExactly("a", "b");
    }

    /** The store has it in its socket and does it when it wakes up, beside what came since over another connection. */
    @Test
    void anAppendThatWasGivenUpIsNotStoredBehindALaterOne() {
        TopicHistory node = closing(history(store.port(), Duration.ofSeconds(1)));
        List<String> certain = new ArrayList<>();
        for (int round = 0; round < Effort.of(4, 100); round++) {
            String before = "before" + round;
            eventually(() -> appended(node, before));
            store.freeze();
            failure(node.append(append(Optional.empty(), "given-up" + round)));
            store.thaw();
            String after = "after" + round;
            eventually(() -> appended(node, after));
            certain.addAll(List.of(before, after));
        }

        List<String> all = ids(all(direct(), TOPIC));
        assertThat(all).filteredOn(certain::contains).isEqualTo(certain);
        for (int round = 0; round < certain.size() / 2; round++) {
            assertThat(all.indexOf("given-up" + round)).isLessThan(all.indexOf("after" + round));
        }
    }

    @Test
    void aStoreThatIsAwayIsToldAndComesBack() {
        TopicHistory node = direct();
        appended(node, "a");

        store.kill();
        Throwable first = failure(node.append(append(Optional.empty(), "b")));
        Throwable read = failure(node.read(TOPIC, 0, 1_000));
        store.startAgain();
        eventually(() -> read(node, 0));

        assertThat(first).isInstanceOf(TopicHistoryException.class);
        assertThat(read).isInstanceOf(TopicHistoryException.class);
        assertThat(first.getMessage()).isNotBlank();
    }

    @Test
    void aHistoryThatBeginsWhileItsStoreIsAwayIsThereLater() {
        store.kill();
        TopicHistory node = direct();
        assertThat(failure(node.append(append(Optional.empty(), "a"))))
                .isInstanceOfSatisfying(
                        TopicHistoryException.class,
                        each -> assertThat(each.maybeStored()).isFalse());

        store.startAgain();

        eventually(() -> appended(node, "a"));
        assertThat(ids(all(node, TOPIC))).containsExactly("a");
    }

    @Test
    void aStoreThatWentBackBeginsANewEpochForWhomHasSeenMore() {
        TopicHistory node = direct();
        appended(node, "a", "b");
        store.save();
        Position seen = last(eventually(() -> appended(node, "c", "d")));

        store.goBack();
        Append append = append(Optional.of(seen), "e");
        Appended next = eventually(() -> get(node.append(append)));

        assertThat(next.epoch()).isNotEqualTo(seen.epoch());
        assertThat(next.last()).isGreaterThan(seen.offset());
        assertThat(ids(all(direct(), TOPIC))).containsExactly("e");
    }

    /** A node that remembers where things are must not read what it remembers. */
    @Test
    void aStoreThatWentBackAndGrewAgainIsReadAsItIs() {
        TopicHistory node = direct();
        appended(node, "a", "b");
        store.save();
        Position seen = last(eventually(() -> appended(node, "c")));
        eventually(() -> appended(node, "d"));
        assertThat(ids(all(node, TOPIC))).containsExactly("a", "b", "c", "d");

        store.goBack();
        TopicHistory other = direct();
        eventually(() -> appended(other, "C"));
        appended(other, "D");
        appended(other, "E");

        List<String> read = eventually(() -> ids(all(node, TOPIC)));
        assertThat(read).containsExactly("a", "b", "C", "D", "E");
        // An id that was lost is a new one.
        Appended again = appended(node, "d");
        assertThat(again.places()).containsExactly(new Place(again.last(), false));
        assertThat(again.last()).isEqualTo(seen.offset() + 3);
    }

    @Test
    void aStoreThatWasEmptiedBeginsANewEpoch() {
        TopicHistory node = direct();
        Position seen = last(appended(node, "a", "b"));

        store.empty();
        Optional<TopicHistory.Page> read = eventually(() -> read(node, 0));
        Append append = append(Optional.of(seen), "c");
        Appended next = eventually(() -> get(node.append(append)));

        assertThat(read).isEmpty();
        assertThat(next.epoch()).isEqualTo(append.fresh().epoch());
        assertThat(ids(all(direct(), TOPIC))).containsExactly("c");
    }
}
