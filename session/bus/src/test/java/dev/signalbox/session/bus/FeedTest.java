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
        appended(List.of(ScriptedStore.event(1)));
        assertThat(next()).containsExactly("1");
        appended(events(2, 4));
        store.grow(3);
        assertThat(next()).containsExactly("2", "3", "4");
    }

    @Test
    void aHoleIsReadFromTheStore() throws Exception {
        store.grow(1);
        startAfter(1, Next.SUCCESSOR);
        store.grow(3);
        appended(events(4, 4));
        appended(events(3, 3));
        assertThat(next()).containsExactly("2", "3", "4");
        assertThat(full).isZero();
    }

    @Test
    void whatWasToldAlreadyIsNotToldAgain() throws Exception {
        store.grow(3);
        startAfter(0, Next.OLDEST);
        assertThat(next()).containsExactly("1", "2", "3");
        appended(events(2, 3));
        feed.changed(3);
        assertThat(feed.swept(ScriptedStore.event(3).id())).isFalse();
        store.grow(1);
        appended(events(4, 4));
        assertThat(next()).containsExactly("4");
    }

    @Test
    void aFullBufferIsEmptiedFirstThenTheStoreIsRead() throws Exception {
        store.grow(1);
        startAfter(1, Next.SUCCESSOR);
        store.grow(10);
        appended(events(2, 11));
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
            appended(events(2, 3));
            store.grow(1);
            appended(events(4, 4));
        });
        assertThat(items()).containsExactly("2", "3");
        assertThat(items()).containsExactly("4");
        store.grow(1);
        appended(events(5, 5));
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
        appended(events(2, 2));
        assertThat(next()).containsExactly("2");
    }

    @Test
    void whatIsGoneIsToldBeforeWhatIsLeft() throws Exception {
        store.grow(10);
        store.keep(2);
        feed.startAfter(new Position(ScriptedStore.event(3).id(), Next.SUCCESSOR));
        assertThat(items()).containsExactly("gap 4-9", "9", "10");
    }

    @Test
    void whenAllIsGoneThatIsTold() throws Exception {
        store.grow(10);
        store.keep(0);
        feed.startAfter(new Position(ScriptedStore.event(3).id(), Next.SUCCESSOR));
        assertThat(items()).containsExactly("gap 4-11");
        store.grow(1);
        appended(events(11, 11));
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
        startAfter(0, Next.OLDEST);
        assertThat(items()).hasSize(10);
        store.goBackTo(7);
        assertThat(feed.swept(store.head())).isFalse();
        assertThat(items()).containsExactly("gap 11-8");
        store.grow(1);
        feed.appended(ScriptedStore.event(7).batch(), List.of(ScriptedStore.event(2, 8)));
        assertThat(items()).containsExactly("8");
    }

    @Test
    void aStoreThatWentBackAndGrewBeyondIsFoundByASweep() throws Exception {
        store.grow(10);
        startAfter(0, Next.OLDEST);
        assertThat(items()).hasSize(10);
        store.goBackTo(7);
        store.grow(5);
        assertThat(feed.swept(store.head())).isTrue();
        assertThat(items()).containsExactly("gap 11-8", "8", "9", "10", "11", "12");
    }

    @Test
    void aStoreThatWentBackAndGrewToTheSameOffsetIsFoundByASweep() throws Exception {
        store.grow(10);
        startAfter(0, Next.OLDEST);
        assertThat(items()).hasSize(10);
        store.goBackTo(7);
        store.grow(3);
        feed.swept(store.head());
        assertThat(items()).containsExactly("gap 11-8", "8", "9", "10");
    }

    /** The event looks like the next one; that the one before it is another is all that tells. */
    @Test
    void aStoreThatWentBackIsFoundWhenThisProcessAppendsTheVeryNextOffset() throws Exception {
        store.grow(10);
        startAfter(0, Next.OLDEST);
        assertThat(items()).hasSize(10);
        store.goBackTo(7);
        store.grow(4);
        feed.appended(ScriptedStore.event(2, 10).batch(), List.of(ScriptedStore.event(2, 11)));
        assertThat(items()).containsExactly("gap 11-8", "8", "9", "10", "11");
        store.grow(1);
        feed.appended(ScriptedStore.event(2, 11).batch(), List.of(ScriptedStore.event(2, 12)));
        assertThat(items()).containsExactly("12");
    }

    @Test
    void whereNothingThatWasSeenIsLeftItBeginsWithTheOldest() throws Exception {
        store.grow(10);
        startAfter(10, Next.SUCCESSOR);
        store.goBackTo(1);
        store.grow(12);
        feed.changed(13);
        assertThat(items().getFirst()).isEqualTo("gap 11-1");
    }

    @Test
    void anOldSweepIsNoStepBack() throws Exception {
        store.grow(10);
        startAfter(10, Next.SUCCESSOR);
        feed.swept(ScriptedStore.event(7).id());
        assertThat(items()).isEmpty();
        store.grow(1);
        appended(events(11, 11));
        assertThat(items()).containsExactly("11");
    }

    /** Starts, and reads what is there already. */
    private void startAfter(long offset, Next expected) throws InterruptedException {
        feed.startAfter(new Position(
                offset == 0 ? EventId.NONE : ScriptedStore.event(offset).id(), expected));
        if (expected != Next.OLDEST) {
            assertThat(items()).isEmpty();
        }
    }

    /** As this process would, after the event before the first of them. */
    private void appended(List<Stored> events) {
        long first = events.getFirst().offset();
        feed.appended(
                first == 1 ? EventId.UNKNOWN : ScriptedStore.event(first - 1).batch(), events);
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
