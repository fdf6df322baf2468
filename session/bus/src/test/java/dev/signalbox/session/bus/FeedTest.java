package dev.signalbox.session.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.session.bus.Position.Next;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a subscriber is to see next, step by step. */
class FeedTest {
    private final ScriptedStore store = new ScriptedStore();
    private int full;
    private final Feed feed = new Feed("s", new Reader(store), 4, () -> full++);

    @Test
    void whatFollowsOnGoesThroughTheBuffer() throws Exception {
        startAfter(0, Next.FIRST);
        store.grow(1);
        feed.appended(List.of(ScriptedStore.event(1)));
        assertThat(next()).containsExactly("1");
        feed.appended(events(2, 4));
        store.grow(3);
        assertThat(next()).containsExactly("2", "3", "4");
    }

    @Test
    void aHoleIsReadFromTheStore() throws Exception {
        store.grow(1);
        startAfter(1, Next.SUCCESSOR);
        store.grow(3);
        feed.appended(events(4, 4));
        feed.appended(events(3, 3));
        assertThat(next()).containsExactly("2", "3", "4");
        assertThat(full).isZero();
    }

    @Test
    void whatWasToldAlreadyIsNotToldAgain() throws Exception {
        store.grow(3);
        startAfter(0, Next.OLDEST);
        assertThat(next()).containsExactly("1", "2", "3");
        feed.appended(events(2, 3));
        feed.changed(3);
        assertThat(feed.swept(3)).isFalse();
        store.grow(1);
        feed.appended(events(4, 4));
        assertThat(next()).containsExactly("4");
    }

    @Test
    void aFullBufferIsEmptiedFirstThenTheStoreIsRead() throws Exception {
        store.grow(1);
        startAfter(1, Next.SUCCESSOR);
        store.grow(10);
        feed.appended(events(2, 11));
        assertThat(full).isEqualTo(1);
        assertThat(next()).containsExactly("2", "3", "4", "5");
        assertThat(next()).containsExactly("6", "7", "8", "9", "10", "11");
    }

    @Test
    void whatComesWhileItReadsIsToldOnceAndInOrder() throws Exception {
        store.grow(1);
        startAfter(1, Next.SUCCESSOR);
        store.grow(2);
        feed.changed(3);
        store.duringRead.set(() -> {
            feed.appended(events(2, 3));
            store.grow(1);
            feed.appended(events(4, 4));
        });
        assertThat(items()).containsExactly("2", "3");
        assertThat(items()).containsExactly("4");
        store.grow(1);
        feed.appended(events(5, 5));
        assertThat(items()).containsExactly("5");
    }

    @Test
    void aReadThatFailsIsRepeated() throws Exception {
        store.grow(1);
        startAfter(1, Next.SUCCESSOR);
        store.grow(1);
        feed.changed(2);
        store.duringRead.set(() -> {
            throw new SessionUnavailableException("away", null);
        });
        assertThatThrownBy(this::items).isInstanceOf(SessionUnavailableException.class);
        assertThat(items()).containsExactly("2");
    }

    @Test
    void whatIsOnlyKnownToExistIsRead() throws Exception {
        store.grow(1);
        startAfter(1, Next.SUCCESSOR);
        store.grow(2);
        feed.changed(3);
        assertThat(next()).containsExactly("2", "3");
    }

    @Test
    void aGreaterNumberThanThereIsDoesNotMakeItReadForEver() throws Exception {
        store.grow(1);
        startAfter(1, Next.SUCCESSOR);
        feed.changed(99);
        assertThat(items()).isEmpty();
        store.grow(1);
        feed.appended(events(2, 2));
        assertThat(next()).containsExactly("2");
    }

    @Test
    void whatIsGoneIsToldBeforeWhatIsLeft() throws Exception {
        store.grow(10);
        store.keep(2);
        feed.startAfter(new Position(3, Next.SUCCESSOR));
        assertThat(items()).containsExactly("gap 4-9", "9", "10");
    }

    @Test
    void whenAllIsGoneThatIsTold() throws Exception {
        store.grow(10);
        store.keep(0);
        feed.startAfter(new Position(3, Next.SUCCESSOR));
        assertThat(items()).containsExactly("gap 4-11");
        store.grow(1);
        feed.appended(events(11, 11));
        assertThat(items()).containsExactly("11");
    }

    @Test
    void whoCameBeforeTheFirstEventHearsOfItsRemoval() throws Exception {
        startAfter(0, Next.FIRST);
        store.grow(5);
        store.keep(2);
        feed.changed(5);
        assertThat(items()).containsExactly("gap 1-4", "4", "5");
    }

    @Test
    void aStoreThatWentBackIsToldOnce() throws Exception {
        store.grow(10);
        startAfter(10, Next.SUCCESSOR);
        store.goBackTo(7);
        assertThat(feed.swept(7)).isFalse();
        assertThat(items()).containsExactly("gap 11-8");
        store.grow(1);
        feed.appended(events(8, 8));
        assertThat(items()).containsExactly("8");
    }

    @Test
    void anOldSweepIsNoStepBack() throws Exception {
        store.grow(10);
        startAfter(10, Next.SUCCESSOR);
        feed.swept(7);
        assertThat(items()).isEmpty();
        store.grow(1);
        feed.appended(events(11, 11));
        assertThat(items()).containsExactly("11");
    }

    /** Starts, and reads what is there already. */
    private void startAfter(long offset, Next expected) throws InterruptedException {
        feed.startAfter(new Position(offset, expected));
        if (expected != Next.OLDEST) {
            assertThat(items()).isEmpty();
        }
    }

    private static List<Stored> events(long first, long last) {
        return LongStream.rangeClosed(first, last)
                .mapToObj(ScriptedStore::event)
                .toList();
    }

    private List<String> next() throws InterruptedException {
        return items();
    }

    private List<String> items() throws InterruptedException {
        List<String> texts = new ArrayList<>();
        for (Feed.Item item : feed.next()) {
            switch (item) {
                case Feed.Missing(Gap gap) -> texts.add("gap " + gap.expected() + "-" + gap.next());
                case Feed.Events(List<Stored> events) ->
                    events.forEach(event -> texts.add(Long.toString(event.offset())));
            }
        }
        return texts;
    }
}
