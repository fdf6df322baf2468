package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How many partitions a node is asked for at a time. */
class PresenceQuestionsTest {
    private final List<Integer> asked = new ArrayList<>();
    private final PresenceQuestions questions = new PresenceQuestions(asked::add);

    private static List<Integer> upTo(int end) {
        return IntStream.range(0, end).boxed().toList();
    }

    @Test
    void aFewAreAskedForAtATimeAndTheNextOnceOneIsAnswered() {
        upTo(256).forEach(questions::ask);
        assertThat(asked).isEqualTo(upTo(PresenceQuestions.AT_A_TIME));

        for (int i = 0; i < 256; i++) {
            questions.ended(i);
            assertThat(asked).isEqualTo(upTo(Math.min(256, i + 1 + PresenceQuestions.AT_A_TIME)));
        }
    }

    @Test
    void whatIsUnderWayIsAskedForAgainAndWhatWaitsIsNot() {
        upTo(10).forEach(questions::ask);
        asked.clear();

        questions.ask(3);
        questions.ask(9);

        assertThat(asked).containsExactly(3);
    }

    @Test
    void whatIsNotWantedAnyMoreIsNotAskedFor() {
        upTo(10).forEach(questions::ask);
        asked.clear();

        questions.ended(8);
        assertThat(asked).isEmpty();
        questions.ended(0);

        assertThat(asked).containsExactly(9);
    }
}
