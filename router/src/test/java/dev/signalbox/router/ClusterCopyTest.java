package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A copy of another node's list: changes and parts that are lost, doubled, late, or come between each other. */
class ClusterCopyTest {
    private final SettableClock clock = new SettableClock();
    private final List<String> entries = new ArrayList<>();
    private int asked;
    private final ClusterCopy<String, String> copy = new ClusterCopy<>(clock, new ClusterCopy.Keeper<String, String>() {
        @Override
        public void apply(String change) {
            entries.add(change);
        }

        @Override
        public void replace(List<String> all) {
            entries.clear();
            entries.addAll(all);
        }

        @Override
        public void ask() {
            asked++;
        }
    });

    private void part(long version, int number, boolean isLast, String... some) {
        copy.arrived(new ClusterCopy.Part<>(version, number, isLast, List.of(some)));
    }

    @Test
    void allIsThereOnceItsLastPartHasCome() {
        copy.ask();
        part(3, 0, false, "a");
        part(3, 1, false, "b");
        assertThat(entries).isEmpty();
        assertThat(copy.isComplete()).isFalse();
        part(3, 2, true, "c");

        assertThat(entries).containsExactly("a", "b", "c");
        assertThat(copy.isComplete()).isTrue();
    }

    @Test
    void anAnswerOfWhichAnyPartIsMissingCountsForNothing() {
        for (int lost = 0; lost < 3; lost++) {
            copy.ask();
            for (int number = 0; number < 3; number++) {
                if (number != lost) {
                    part(3, number, number == 2, "part " + number);
                }
            }
            assertThat(copy.isComplete()).as("without part %s", lost).isFalse();
            assertThat(entries).as("without part %s", lost).isEmpty();
        }
    }

    @Test
    void theNextSignOfLifeAsksAgainForWhatCameIncomplete() {
        copy.ask();
        part(3, 0, false, "a");
        copy.told(3);
        assertThat(asked).as("while the answer is on its way").isEqualTo(1);
        part(3, 2, true, "c");
        assertThat(asked).as("not at once").isEqualTo(1);
        copy.told(3);

        assertThat(asked).isEqualTo(2);
    }

    @Test
    void howeverLongAnAnswerTakesItIsNotAskedForAgainWhileItsPartsCome() {
        copy.ask();
        for (int number = 0; number < 10; number++) {
            clock.advance(Duration.ofSeconds(4));
            part(3, number, false, "part " + number);
            copy.told(3);
            copy.toldApart(3);
        }
        assertThat(asked).isEqualTo(1);
        part(3, 10, true, "the last");
        assertThat(copy.isComplete()).isTrue();

        copy.missed();
        part(4, 0, false, "no more comes");
        clock.advance(Duration.ofSeconds(5));
        copy.told(4);
        assertThat(asked).isEqualTo(3);
    }

    @Test
    void partsOfTwoAnswersAreNotMixed() {
        copy.ask();
        part(3, 0, false, "old");
        part(4, 1, true, "new");
        assertThat(copy.isComplete()).isFalse();
        part(4, 0, false, "new a");
        part(4, 1, true, "new b");

        assertThat(entries).containsExactly("new a", "new b");
    }

    @Test
    void whatMayBeMissedIsAskedForAtOnceAndNotTwiceWhileTheAnswerIsOnItsWay() {
        copy.ask();
        part(3, 0, true, "all up to three");

        copy.missed();
        assertThat(asked).isEqualTo(2);
        assertThat(copy.isComplete()).isFalse();
        copy.missed();
        assertThat(asked).isEqualTo(2);
        // The answer may be among what is missing.
        copy.toldApart(3);
        assertThat(asked).isEqualTo(3);
    }

    @Test
    void anAnswerThatIsOlderThanWhatIsKnownCountsForNothing() {
        copy.ask();
        part(3, 0, true, "all up to three");
        copy.changed(4, "four");
        copy.missed();

        part(3, 0, true, "all up to three");
        assertThat(copy.isComplete()).isFalse();
        assertThat(entries).containsExactly("all up to three", "four");
        part(5, 0, true, "all up to five");
        assertThat(entries).containsExactly("all up to five");
    }

    @Test
    void whatHasNotChangedIsKnownAgainWithTheChangesThatCameMeanwhile() {
        copy.ask();
        part(3, 0, true, "all up to three");
        copy.missed();
        copy.changed(4, "four");
        assertThat(copy.version()).isEqualTo(3);

        copy.unchanged(3);

        assertThat(copy.isComplete()).isTrue();
        assertThat(entries).containsExactly("all up to three", "four");
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void thatNothingHasChangedSinceAnotherChangeCountsForNothing() {
        copy.ask();
        copy.unchanged(0);
        assertThat(copy.isComplete()).isFalse();
        part(3, 0, true, "all up to three");
        copy.missed();

        copy.unchanged(2);
        copy.unchanged(4);

        assertThat(copy.isComplete()).isFalse();
    }

    /** Changes that came are among those that were missed, and after them one that was not. */
    @Test
    void aChangeThatIsMissingBehindWhatHasNotChangedIsAskedFor() {
        copy.ask();
        part(3, 0, true, "all up to three");
        copy.missed();
        copy.changed(5, "five");

        copy.unchanged(3);

        assertThat(copy.isComplete()).isFalse();
        assertThat(asked).isEqualTo(3);
    }

    @Test
    void patienceBeginsWhenItIsAskedForInFact() {
        copy.ask();
        clock.advance(Duration.ofSeconds(4));
        copy.asks();
        clock.advance(Duration.ofSeconds(4));
        copy.toldApart(0);
        assertThat(asked).isEqualTo(1);
        clock.advance(Duration.ofSeconds(1));
        copy.toldApart(0);

        assertThat(asked).isEqualTo(2);
    }

    @Test
    void whatChangesMeanwhileFollows() {
        copy.ask();
        copy.changed(3, "three");
        copy.changed(4, "four");
        part(3, 0, true, "all up to three");
        copy.changed(5, "five");

        assertThat(entries).containsExactly("all up to three", "four", "five");
    }

    @Test
    void aMissingChangeAsksForAllAgain() {
        copy.ask();
        part(3, 0, true);
        copy.changed(5, "five");

        assertThat(asked).isEqualTo(2);
        assertThat(entries).isEmpty();
        part(5, 0, true, "all up to five");
        assertThat(entries).containsExactly("all up to five");
    }

    /** The node counts its changes, and has told one more before the count is on its way. */
    @Test
    void aCountThatAChangeHasOvertakenAsksForNothing() {
        copy.ask();
        part(3, 0, true);
        copy.changed(4, "four");
        copy.told(3);

        assertThat(asked).isEqualTo(1);
        copy.told(5);
        assertThat(asked).as("the fifth is missing").isEqualTo(2);
    }

    @Test
    void whatWasToldOnAnotherChannelIsMissingOnlyTheSecondTime() {
        copy.ask();
        part(3, 0, true);
        copy.toldApart(4);
        assertThat(asked).as("the change may be on its way").isEqualTo(1);
        copy.changed(4, "four");
        copy.toldApart(5);
        assertThat(asked).as("it came").isEqualTo(1);
        copy.toldApart(5);

        assertThat(asked).as("the fifth did not").isEqualTo(2);
    }

    @Test
    void whatIsNotAnsweredIsAskedForAgain() {
        copy.ask();
        copy.toldApart(0);
        copy.told(0);
        assertThat(asked).isEqualTo(1);
        clock.advance(Duration.ofSeconds(5));
        copy.toldApart(0);

        assertThat(asked).isEqualTo(2);
    }

    @Test
    void changesThatWaitAreBounded() {
        copy.ask();
        IntStream.rangeClosed(1, 10_001).forEach(number -> copy.changed(number, "change"));

        assertThat(asked).isEqualTo(2);
    }

    @Test
    void pagesFitIntoALinkAndMakeTheWholeAgain() {
        List<String> all = Stream.concat(
                        IntStream.range(0, 1_000).mapToObj(i -> "entry" + i), Stream.of("long".repeat(10_000), "last"))
                .toList();
        List<ClusterCopy.Part<String>> parts = new ArrayList<>();
        new ClusterPages<>(7, all, String::length, each -> each).forEachRemaining(parts::add);
        copy.ask();
        parts.forEach(copy::arrived);

        assertThat(entries).isEqualTo(all);
        assertThat(parts)
                .hasSizeGreaterThan(5)
                .allSatisfy(each -> assertThat(each.entries()).hasSizeLessThanOrEqualTo(200))
                .filteredOn(ClusterCopy.Part::isLast)
                .containsExactly(parts.getLast());
        new ClusterPages<>(8, List.<String>of(), String::length, each -> each).forEachRemaining(parts::add);
        assertThat(parts.getLast()).isEqualTo(new ClusterCopy.Part<>(8, 0, true, List.of()));
    }
}
