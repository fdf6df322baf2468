package dev.signalbox.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private final AtomicLong now = new AtomicLong();
    private final List<Boolean> changes = new ArrayList<>();
    private final CircuitBreaker breaker = new CircuitBreaker(
            new CircuitBreaker.Limits(2, Duration.ofNanos(100), Duration.ofNanos(300)), now::get, changes::add);

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
    void eachTrialThatFailsDoublesThePauseUpToABound() {
        open();
        for (int pause : new int[] {100, 200, 300, 300}) {
            now.addAndGet(pause - 1);
            assertThat(breaker.enter()).as("before %s ns", pause).isEmpty();
            now.incrementAndGet();
            enter().failed();
        }
        now.addAndGet(300);
        enter().succeeded();
        open();
        now.addAndGet(100);
        assertThat(breaker.enter()).as("the first pause again").isPresent();
    }

    @Test
    void failuresThatEndAfterItOpenedDoNotLengthenThePause() {
        List<CircuitBreaker.Permit> underWay =
                Stream.generate(this::enter).limit(20).toList();
        underWay.forEach(CircuitBreaker.Permit::failed);
        now.set(100);
        assertThat(breaker.enter()).isPresent();
    }

    @Test
    void withoutALimitItNeverOpens() {
        var never = new CircuitBreaker(
                new CircuitBreaker.Limits(0, Duration.ofNanos(100), Duration.ofNanos(100)), now::get, changes::add);
        for (int i = 0; i < 100; i++) {
            never.enter().orElseThrow().failed();
        }
        assertThat(never.isOpen()).isFalse();
        assertThat(changes).isEmpty();
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
        assertThat(breaker.enter()).as("still on trial").isEmpty();
        assertThat(breaker.isOpen()).isTrue();
        trial.succeeded();
        assertThat(breaker.isOpen()).isFalse();
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
