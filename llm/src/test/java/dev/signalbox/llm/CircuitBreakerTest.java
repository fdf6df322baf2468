package dev.signalbox.llm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private final AtomicLong now = new AtomicLong();
    private final List<Boolean> changes = new ArrayList<>();
    private final CircuitBreaker breaker = new CircuitBreaker(2, 100, now::get, changes::add);

    private CircuitBreaker.Permit enter() {
        return breaker.enter().orElseThrow();
    }

    private void open() {
        enter().failed();
        enter().failed();
    }

    @Test
    void opensAfterFailuresInARow() {
        enter().failed();
        enter().succeeded();
        enter().failed();
        assertThat(breaker.enter()).isPresent();
        enter().failed();
        assertThat(breaker.enter()).isEmpty();
        assertThat(changes).containsExactly(true);
    }

    @Test
    void letsOneTrialThrough() {
        open();
        now.set(100);
        CircuitBreaker.Permit trial = enter();
        assertThat(breaker.enter()).isEmpty();
        trial.succeeded();
        assertThat(breaker.enter()).isPresent();
        assertThat(changes).containsExactly(true, false);
    }

    @Test
    void aFailedTrialOpensItForAnotherWhile() {
        open();
        now.set(100);
        enter().failed();
        now.set(199);
        assertThat(breaker.enter()).isEmpty();
        now.set(200);
        assertThat(breaker.enter()).isPresent();
    }

    @Test
    void anAbandonedTrialIsGivenToTheNext() {
        open();
        now.set(100);
        enter().abandoned();
        assertThat(breaker.enter()).isPresent();
    }

    @Test
    void whatWasUnderWayBeforeDoesNotDecideTheTrial() {
        CircuitBreaker.Permit early = enter();
        open();
        now.set(100);
        CircuitBreaker.Permit trial = enter();
        early.succeeded();
        assertThat(breaker.enter()).as("still on trial").isEmpty();
        early.failed();
        trial.succeeded();
        assertThat(breaker.enter()).isPresent();
    }

    @Test
    void ofManyAtOnceOneGetsTheTrial() throws Exception {
        open();
        now.set(100);
        var trials = new AtomicInteger();
        var go = new CountDownLatch(1);
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 64; i++) {
                pool.execute(() -> {
                    try {
                        go.await();
                        breaker.enter().ifPresent(period -> trials.incrementAndGet());
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            go.countDown();
        }
        assertThat(trials).hasValue(1);
    }
}
