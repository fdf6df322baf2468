package dev.signalbox.delivery.queue;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WakeUpTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofHours(1);

    private final WakeUp wakeUp = new WakeUp();

    @Test
    void signalWhileAwakeIsKept() {
        wakeUp.signal();
        wakeUp.signal();
        assertTimeoutPreemptively(SOON, () -> wakeUp.await(LONG));
    }

    @Test
    void signalWakes() {
        assertTimeoutPreemptively(SOON, () -> {
            Thread.ofVirtual().start(wakeUp::signal);
            wakeUp.await(LONG);
        });
    }

    @Test
    void signalWakesOnce() {
        assertTimeoutPreemptively(SOON, () -> {
            wakeUp.signal();
            wakeUp.await(LONG);
            wakeUp.await(Duration.ofMillis(1));
        });
    }
}
