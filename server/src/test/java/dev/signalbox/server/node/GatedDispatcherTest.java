package dev.signalbox.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.Dispatcher.DispatchState;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The operator's wish and what forbids the dispatch are two things. */
class GatedDispatcherTest {
    private final Recorded inner = new Recorded();
    private final GatedDispatcher gated = new GatedDispatcher(inner);

    @Test
    void runsWhenItIsWantedAndNothingForbidsIt() {
        gated.start();
        assertThat(inner.running).isTrue();
        gated.forbid("another leads");
        assertThat(inner.running).isFalse();
        assertThat(gated.state()).as("the wish").isEqualTo(DispatchState.RUNNING);
        gated.allow("another leads");
        assertThat(inner.running).isTrue();
    }

    @Test
    void aStartWhileItIsForbiddenIsAWishForLater() {
        gated.forbid("another leads");
        gated.start();
        assertThat(inner.running).isFalse();
        gated.allow("another leads");
        assertThat(inner.running).isTrue();
    }

    @Test
    void whatIsAllowedAgainDoesNotUndoAPause() {
        gated.start();
        gated.forbid("another leads");
        gated.pause();
        gated.allow("another leads");
        assertThat(inner.running).isFalse();
        assertThat(gated.state()).isEqualTo(DispatchState.PAUSED);
    }

    @Test
    void eachReasonHasToGo() {
        gated.start();
        gated.forbid("one");
        gated.forbid("one");
        gated.forbid("two");
        gated.allow("one");
        assertThat(inner.running).isFalse();
        gated.allow("two");
        assertThat(inner.running).isTrue();
    }

    @Test
    void theRestIsTheDispatchersOwn() throws Exception {
        assertThat(gated.health().level()).isEqualTo(Dispatcher.Level.DEGRADED);
        assertThat(gated.runOnce().claimed()).isEqualTo(3);
        assertThat(gated.drain(Duration.ofSeconds(7))).isTrue();
        gated.close();
        assertThat(inner.drained).isEqualTo(Duration.ofSeconds(7));
        assertThat(inner.closed).isTrue();
    }

    /** Remembers what it was told. */
    private static final class Recorded implements Dispatcher {
        private boolean running;
        private boolean closed;
        private Duration drained = Duration.ZERO;

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void pause() {
            running = false;
        }

        @Override
        public DispatchState state() {
            return running ? DispatchState.RUNNING : DispatchState.PAUSED;
        }

        @Override
        public Health health() {
            return new Health(Level.DEGRADED, Optional.of("a problem"));
        }

        @Override
        public Pass runOnce() {
            return new Pass(0, 0, 3, 0);
        }

        @Override
        public boolean drain(Duration deadline) {
            drained = deadline;
            return true;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
