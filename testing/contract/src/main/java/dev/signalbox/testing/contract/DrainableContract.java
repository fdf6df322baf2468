package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.maintenance.control.Drainable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every participant in a drain must do. Subclass it, and supply one with work that begins and ends when the test says. */
@Timeout(120)
public abstract class DrainableContract {
    protected static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final List<Runnable> unfinished = new ArrayList<>();

    /** The one participant of this test. */
    protected abstract Drainable drainable();

    /** Begins a piece of work, which is under way when this returns; what it returns ends it. Empty if it is refused. */
    protected abstract Optional<Runnable> begin() throws Exception;

    private Runnable work() throws Exception {
        Runnable end = begin().orElseThrow(() -> new AssertionError("work was refused"));
        unfinished.add(end);
        return () -> {
            unfinished.remove(end);
            end.run();
        };
    }

    /** Closes what the test used; all work has ended. */
    protected void close() throws Exception {}

    @AfterEach
    void endWork() throws Exception {
        List.copyOf(unfinished).forEach(Runnable::run);
        close();
    }

    @Test
    void withoutWorkItDrainsAtOnce() throws Exception {
        assertThat(drainable().drain(LONG)).isZero();
    }

    @Test
    void openItCountsWhatIsUnderWay() throws Exception {
        Runnable first = work();
        Runnable second = work();
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(drainable().underWay()).isEqualTo(2));
        first.run();
        second.run();
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(drainable().underWay()).isZero());
    }

    @Test
    void drainedItRefuses() throws Exception {
        drainable().drain(LONG);

        assertThat(begin()).isEmpty();
        assertThat(drainable().drain(LONG)).isZero();
    }

    @Test
    void itWaitsForWhatIsUnderWayAndRefusesMeanwhile() throws Exception {
        Runnable end = work();
        CompletableFuture<Long> left = draining();
        await().atMost(LONG).until(() -> {
            Optional<Runnable> more = begin();
            more.ifPresent(Runnable::run);
            return more.isEmpty();
        });
        assertThat(left).isNotDone();
        end.run();

        assertThat(left.get(60, TimeUnit.SECONDS)).isZero();
    }

    @Test
    void workThatDoesNotEndIsCountedAtTheDeadline() throws Exception {
        work();

        assertThat(drainable().drain(SHORT)).isEqualTo(1);
    }

    @Test
    void resumedItTakesWorkAgainInEachWindow() throws Exception {
        for (int window = 0; window < 3; window++) {
            assertThat(drainable().drain(LONG)).isZero();
            assertThat(begin()).isEmpty();
            drainable().resume();
            work().run();
        }
    }

    @Test
    void aDrainThatIsInterruptedCanBeResumed() throws Exception {
        Runnable end = work();
        var interrupted = new CompletableFuture<Boolean>();
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                drainable().drain(LONG);
                interrupted.complete(false);
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        });
        await().atMost(LONG).until(() -> {
            Optional<Runnable> more = begin();
            more.ifPresent(Runnable::run);
            return more.isEmpty();
        });
        thread.interrupt();
        assertThat(interrupted.get(60, TimeUnit.SECONDS)).isTrue();
        drainable().resume();

        work().run();
        end.run();
        assertThat(drainable().drain(LONG)).isZero();
    }

    @Test
    void resumingWithoutADrainChangesNothing() throws Exception {
        drainable().resume();
        Runnable end = work();
        drainable().resume();

        await().atMost(LONG)
                .untilAsserted(() -> assertThat(drainable().underWay()).isEqualTo(1));
        end.run();
    }

    /** On a thread of its own: the common pool may have only one, which the HTTP client needs. */
    private CompletableFuture<Long> draining() {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return drainable().drain(LONG);
                    } catch (InterruptedException e) {
                        throw new CompletionException(e);
                    }
                },
                Thread::startVirtualThread);
    }
}
