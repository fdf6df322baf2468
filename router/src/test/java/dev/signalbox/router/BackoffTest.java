package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When work is done that is asked for often. */
@Timeout(120)
class BackoffTest {
    private final SettableClock clock = new SettableClock();
    private final Instant begin = clock.instant();
    private final Deadlines deadlines = new Deadlines(clock);
    private final List<Long> done = new CopyOnWriteArrayList<>();
    private final Backoff backoff = new Backoff(clock, deadlines, this::work);
    private volatile boolean hasWork = true;
    private volatile boolean asksAgain;

    @AfterEach
    void close() {
        deadlines.close();
    }

    private boolean work() {
        done.add(Duration.between(begin, clock.instant()).toSeconds());
        if (asksAgain) {
            backoff.ask();
        }
        return hasWork;
    }

    /** Moves the clock, and waits until all that is due by then is done. */
    private void pass(Duration time) throws InterruptedException {
        clock.advance(time);
        CountDownLatch noticed = new CountDownLatch(1);
        // What is first wakes the timer's thread, which then finds all that is due.
        deadlines.at(Instant.EPOCH, () -> {});
        deadlines.at(clock.instant(), noticed::countDown);
        RouterFixture.await(noticed);
    }

    @Test
    void theFirstTimeIsAtOnceAndAllThatAreAskedForMeanwhileAreOne() throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            backoff.ask();
        }
        assertThat(done).containsExactly(0L);

        pass(Backoff.SHORTEST);
        assertThat(done).containsExactly(0L, 1L);
        pass(Backoff.LONGEST);
        assertThat(done).containsExactly(0L, 1L);
    }

    @Test
    void thePauseDoublesUpToABoundWhileItIsAskedForAllTheTime() throws InterruptedException {
        for (int second = 0; second < 50; second++) {
            backoff.ask();
            backoff.ask();
            pass(Duration.ofSeconds(1));
        }

        assertThat(done).isEqualTo(Stream.of(0L, 1L, 3L, 7L, 15L, 25L, 35L, 45L).toList());
    }

    @Test
    void afterAQuietTimeItIsAtOnceAgain() throws InterruptedException {
        backoff.ask();
        backoff.ask();
        pass(Duration.ofSeconds(1));
        pass(Duration.ofSeconds(2));

        backoff.ask();
        backoff.ask();
        assertThat(done).containsExactly(0L, 1L, 3L);
        pass(Duration.ofSeconds(1));
        assertThat(done).containsExactly(0L, 1L, 3L, 4L);
    }

    @Test
    void whatHadNothingToDoIsFollowedByNoPause() {
        hasWork = false;

        backoff.ask();
        backoff.ask();

        assertThat(done).containsExactly(0L, 0L);
    }

    @Test
    void workThatAsksForItselfIsDoneAfterThePause() throws InterruptedException {
        asksAgain = true;
        backoff.ask();
        assertThat(done).containsExactly(0L);
        pass(Duration.ofSeconds(1));
        assertThat(done).containsExactly(0L, 1L);
        pass(Duration.ofSeconds(1));

        assertThat(done).containsExactly(0L, 1L);
    }

    @Test
    void aClockThatIsSetBackMakesNoPauseLonger() throws InterruptedException {
        backoff.ask();
        backoff.ask();
        clock.advance(Duration.ofHours(-1));

        backoff.ask();

        assertThat(done).containsExactly(0L, -3_600L);
        pass(Duration.ofHours(1).plusSeconds(1));
        assertThat(done).as("the pause from before").containsExactly(0L, -3_600L);
    }
}
