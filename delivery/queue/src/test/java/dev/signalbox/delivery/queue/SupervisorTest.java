package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SupervisorTest {
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicInteger runs = new AtomicInteger();
    private final Supervisor supervisor = new Supervisor(Duration.ofMillis(1), stopped::get);

    @Test
    void loopThatFailsIsStartedAgain() throws InterruptedException {
        Thread thread = supervisor.start("trial", () -> {
            switch (runs.incrementAndGet()) {
                case 1 -> throw new AssertionError("as the test wants it");
                case 2 -> throw new IllegalStateException("as the test wants it");
                case 3 -> throw new InterruptedException("as the test wants it");
                default -> {}
            }
        });
        thread.join();
        assertThat(runs).hasValue(4);
    }

    @Test
    void loopThatFailsAfterTheStopStaysEnded() throws InterruptedException {
        stopped.set(true);
        supervisor
                .start("trial", () -> {
                    runs.incrementAndGet();
                    throw new AssertionError("as the test wants it");
                })
                .join();
        assertThat(runs).hasValue(1);
    }
}
