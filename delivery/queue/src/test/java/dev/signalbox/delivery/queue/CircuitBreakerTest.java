package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private static final long FIRST = Micros.of(CircuitBreaker.FIRST);

    private final CircuitBreaker breaker = new CircuitBreaker(Channel.SMS, Duration.ofHours(1), 3);

    @Test
    void nothingIsHeldBackBefore() {
        assertThat(breaker.allow(16, 0)).isEqualTo(16);
        assertThat(breaker.worked()).isFalse();
        assertThat(breaker.reason()).isEmpty();
    }

    @Test
    void oneAtATimeTriesTheAccountAndPausesDouble() {
        assertThat(breaker.refused("401", Optional.empty(), 0)).isEqualTo(CircuitBreaker.FIRST);
        assertThat(breaker.allow(16, FIRST - 1)).isZero();
        assertThat(breaker.remaining(FIRST - 1)).isEqualTo(Duration.ofNanos(1_000));
        assertThat(breaker.allow(16, FIRST)).isEqualTo(1);
        assertThat(breaker.allow(16, FIRST)).isZero();
        assertThat(breaker.refused("401", Optional.empty(), FIRST)).isEqualTo(CircuitBreaker.FIRST.multipliedBy(2));
        assertThat(breaker.reason()).contains("its provider refuses our account: 401");
    }

    @Test
    void thoseUnderWayDoNotLengthenThePause() {
        for (int i = 0; i < 100; i++) {
            assertThat(breaker.refused("401", Optional.empty(), 0)).isEqualTo(CircuitBreaker.FIRST);
        }
    }

    @Test
    void pausesAreBounded() {
        long ticks = 0;
        Duration last = Duration.ZERO;
        for (int i = 0; i < 20; i++) {
            last = breaker.refused("401", Optional.empty(), ticks);
            ticks += Micros.of(last);
            assertThat(breaker.allow(16, ticks)).isEqualTo(1);
        }
        assertThat(last).isEqualTo(CircuitBreaker.LONGEST);
    }

    @Test
    void providersWishCountsWithinItsBound() {
        assertThat(breaker.refused("401", Optional.of(Duration.ofMinutes(20)), 0))
                .isEqualTo(Duration.ofMinutes(20));
        CircuitBreaker other = new CircuitBreaker(Channel.SMS, Duration.ofHours(1), 3);
        assertThat(other.refused("401", Optional.of(Duration.ofDays(20)), 0)).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void anAnswerAboutAMessageEndsIt() {
        breaker.refused("401", Optional.empty(), 0);
        assertThat(breaker.worked()).isTrue();
        assertThat(breaker.allow(16, 1)).isEqualTo(16);
    }

    @Test
    void trialWithoutAMessageIsNotUsedUp() {
        breaker.refused("401", Optional.empty(), 0);
        assertThat(breaker.allow(16, FIRST)).isEqualTo(1);
        breaker.unused(FIRST);
        assertThat(breaker.allow(16, FIRST)).isEqualTo(1);
    }

    @Test
    void failuresInARowOpenItAndOneAtATimeTries() {
        breaker.failed("no answer", 0);
        breaker.failed("no answer", 0);
        assertThat(breaker.allow(16, 0)).isEqualTo(16);
        breaker.failed("no answer", 0);
        assertThat(breaker.reason()).contains("its provider failed 3 times in a row: no answer");
        assertThat(breaker.allow(16, FIRST - 1)).isZero();
        assertThat(breaker.allow(16, FIRST)).isEqualTo(1);
        breaker.failed("no answer", FIRST);
        assertThat(breaker.remaining(FIRST)).isEqualTo(CircuitBreaker.FIRST.multipliedBy(2));
    }

    @Test
    void anAnswerInBetweenBeginsTheCountAnew() {
        for (int i = 0; i < 10; i++) {
            breaker.failed("no answer", 0);
            breaker.failed("no answer", 0);
            assertThat(breaker.worked()).isFalse();
        }
        assertThat(breaker.reason()).isEmpty();
    }

    @Test
    void failuresOfThoseUnderWayDoNotLengthenThePause() {
        for (int i = 0; i < 100; i++) {
            breaker.failed("no answer", 0);
        }
        assertThat(breaker.remaining(0)).isEqualTo(CircuitBreaker.FIRST);
    }

    @Test
    void withoutAThresholdNoFailureOpensIt() {
        CircuitBreaker never = new CircuitBreaker(Channel.WEBHOOK, Duration.ofHours(1), 0);
        for (int i = 0; i < 1_000; i++) {
            never.failed("no answer", 0);
        }
        assertThat(never.allow(16, 0)).isEqualTo(16);
    }
}
