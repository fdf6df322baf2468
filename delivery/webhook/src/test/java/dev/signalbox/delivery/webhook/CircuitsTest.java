package dev.signalbox.delivery.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CircuitsTest {
    private final AtomicLong ticks = new AtomicLong(1_000);
    private final Circuits circuits = new Circuits(ticks::get);

    @Test
    void letsThroughUntilTooManyGotNoAnswer() {
        for (int i = 0; i < Circuits.TRIP; i++) {
            assertThat(circuits.closedFor("a")).isEmpty();
            circuits.unanswered("a");
        }
        assertThat(circuits.closedFor("a")).contains(Circuits.FIRST_PAUSE);
        assertThat(circuits.closedFor("b")).isEmpty();
    }

    @Test
    void anAnswerForgetsThem() {
        trip();
        circuits.answered("a");
        assertThat(circuits.closedFor("a")).isEmpty();
    }

    @Test
    void afterThePauseOneIsTried() {
        trip();
        ticks.addAndGet(Circuits.FIRST_PAUSE.toNanos());
        assertThat(circuits.closedFor("a")).isEmpty();
        assertThat(circuits.closedFor("a")).as("the second one waits").isPresent();
    }

    @Test
    void thePauseGrowsToItsBound() {
        trip();
        Duration pause = circuits.closedFor("a").orElseThrow();
        for (int i = 0; i < 20; i++) {
            ticks.addAndGet(pause.toNanos());
            assertThat(circuits.closedFor("a")).as("the trial").isEmpty();
            circuits.unanswered("a");
            Duration next = circuits.closedFor("a").orElseThrow();
            assertThat(next).isGreaterThanOrEqualTo(pause).isLessThanOrEqualTo(Duration.ofMinutes(5));
            pause = next;
        }
        assertThat(pause).isEqualTo(Duration.ofMinutes(5));
    }

    /** A timeout ends many attempts at once. */
    @Test
    void attemptsThatWereUnderWayDoNotProlongThePause() {
        for (int i = 0; i < 64; i++) {
            circuits.unanswered("a");
        }
        assertThat(circuits.closedFor("a")).contains(Circuits.FIRST_PAUSE);
    }

    private void trip() {
        for (int i = 0; i < Circuits.TRIP; i++) {
            circuits.unanswered("a");
        }
    }
}
