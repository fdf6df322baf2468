package dev.signalbox.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class TimelyTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final AtomicInteger asked = new AtomicInteger();

    private Timely<Integer> timely(java.util.function.Supplier<Integer> source, Duration patience) {
        return new Timely<>(source, Duration.ofSeconds(1), patience, now::get);
    }

    @Test
    void itAsksOncePerAge() {
        var timely = timely(asked::incrementAndGet, Duration.ofSeconds(10));

        assertThat(timely.get().value()).contains(1);
        assertThat(timely.get().value()).contains(1);
        now.set(Instant.EPOCH.plusSeconds(2));
        assertThat(timely.get().value()).contains(2);
    }

    @Test
    void whatHangsIsWaitedForInVainOnceAndThenKnown() {
        var gate = new CountDownLatch(1);
        var timely = timely(
                () -> {
                    awaitGate(gate);
                    return asked.incrementAndGet();
                },
                Duration.ofMillis(20));

        assertThat(timely.get()).isEqualTo(new Timely.Reading<>(java.util.Optional.empty(), false));
        assertThat(timely.get().fresh()).isFalse();
        gate.countDown();
        await().untilAsserted(() -> assertThat(timely.get().value()).contains(1));
        assertThat(asked).hasValue(1);
    }

    private static void awaitGate(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatFailsKeepsTheLastValueAndIsAskedAgain() {
        var timely = timely(
                () -> {
                    if (asked.incrementAndGet() == 2) {
                        throw new IllegalStateException("gone");
                    }
                    return asked.get();
                },
                Duration.ofSeconds(10));

        assertThat(timely.get().value()).contains(1);
        now.set(Instant.EPOCH.plusSeconds(2));
        assertThat(timely.get()).isEqualTo(new Timely.Reading<>(java.util.Optional.of(1), false));
        assertThat(timely.get()).isEqualTo(new Timely.Reading<>(java.util.Optional.of(3), true));
    }
}
