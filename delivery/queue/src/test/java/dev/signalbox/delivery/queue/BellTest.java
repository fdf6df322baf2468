package dev.signalbox.delivery.queue;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BellTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofHours(1);

    private final Bell bell = new Bell();

    @Test
    void ringWhileAwakeIsKept() {
        bell.ring();
        bell.ring();
        assertTimeoutPreemptively(SOON, () -> bell.await(LONG));
    }

    @Test
    void ringWakes() {
        assertTimeoutPreemptively(SOON, () -> {
            Thread.ofVirtual().start(bell::ring);
            bell.await(LONG);
        });
    }

    @Test
    void ringIsHeardOnce() {
        assertTimeoutPreemptively(SOON, () -> {
            bell.ring();
            bell.await(LONG);
            bell.await(Duration.ofMillis(1));
        });
    }
}
