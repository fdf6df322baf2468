package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Work that runs once for each time it is asked for, one at a time. */
@Timeout(60)
class SerialTest {
    private final AtomicInteger runs = new AtomicInteger();

    @Test
    void whoAsksWhileItFailsIsStillServed() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        Serial serial = new Serial(() -> {
            if (runs.incrementAndGet() == 1) {
                running.countDown();
                await(asked);
                throw new IllegalStateException("the first run fails");
            }
        });
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread runner = Thread.ofPlatform()
                .uncaughtExceptionHandler((thread, thrown) -> failure.set(thrown))
                .start(serial::run);
        RouterFixture.await(running);
        serial.run();
        asked.countDown();
        runner.join();

        assertThat(runs).hasValue(2);
        assertThat(failure.get()).hasMessage("the first run fails");
    }

    @Test
    void afterAFailureItCanBeAskedAgain() {
        Serial serial = new Serial(() -> {
            runs.incrementAndGet();
            throw new StackOverflowError("deep");
        });

        assertThatThrownBy(serial::run).isInstanceOf(StackOverflowError.class);
        assertThatThrownBy(serial::run).isInstanceOf(StackOverflowError.class);
        assertThat(runs).hasValue(2);
    }

    @Test
    void itMayAskForItself() {
        AtomicReference<Runnable> again = new AtomicReference<>(() -> {});
        Serial serial = new Serial(() -> {
            if (runs.incrementAndGet() < 3) {
                again.get().run();
            }
        });
        again.set(serial::run);
        serial.run();

        assertThat(runs).hasValue(3);
    }

    private static void await(CountDownLatch latch) {
        try {
            RouterFixture.await(latch);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
