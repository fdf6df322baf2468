package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How long frames are gathered, by how fast they come. */
class ClusterPaceTest {
    private final ClusterPace pace = new ClusterPace();

    /** The pauses in microseconds, where so many frames come in each 100 of them. */
    private List<Long> pauses(int framesInEach100, int count) {
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pace.gathered(Math.toIntExact(framesInEach100 * pace.pause() / ClusterPace.SHORTEST));
            pauses.add(pace.pause() / 1_000);
        }
        return pauses;
    }

    @Test
    void whileFramesComeFastThePauseDoublesUpToItsBound() {
        assertThat(pace.pause()).isEqualTo(ClusterPace.SHORTEST);

        assertThat(pauses(ClusterPace.MANY, 6)).containsExactly(200L, 400L, 800L, 1_000L, 1_000L, 1_000L);
    }

    @Test
    void whileTheyDoNotItStaysTheShortest() {
        assertThat(pauses(ClusterPace.MANY - 1, 3)).containsOnly(100L);
    }

    @Test
    void whenTheyComeMoreSlowlyItHalvesDownToTheShortest() {
        pauses(1_000, 10);

        assertThat(pauses(ClusterPace.MANY - 1, 6)).containsExactly(500L, 250L, 125L, 100L, 100L, 100L);
    }

    /** As many as wait for one another's answers: a longer pause brings no more of them. */
    @Test
    void framesThatComeNoFasterInALongerPauseDoNotMakeItLong() {
        List<Long> pauses = new ArrayList<>();
        IntStream.range(0, 100).forEach(i -> {
            pace.gathered(64);
            pauses.add(pace.pause() / 1_000);
        });

        assertThat(pauses).allMatch(pause -> pause <= 800);
        assertThat(pauses.subList(4, 100)).containsOnly(400L, 800L);
    }
}
