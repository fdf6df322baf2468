package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LaneBreakerTest {
    private static final long FIRST = Micros.of(LaneBreaker.FIRST);

    private final AtomicInteger goesOn = new AtomicInteger();
    private final LaneBreaker breaker = breaker(3);

    private LaneBreaker breaker(int threshold) {
        return new LaneBreaker(Channel.SMS, Duration.ofHours(1), threshold, goesOn::incrementAndGet);
    }

    @Test
    void nothingIsHeldBackBefore() {
        assertThat(breaker.allow(16, 0)).isEqualTo(16);
        breaker.worked();
        assertThat(breaker.reason()).isEmpty();
        assertThat(goesOn).hasValue(0);
    }

    @Test
    void oneAtATimeTriesTheAccountAndPausesDouble() {
        assertThat(breaker.refused("401", Optional.empty(), 0)).isEqualTo(LaneBreaker.FIRST);
        assertThat(breaker.allow(16, FIRST - 1)).isZero();
        assertThat(breaker.remaining(FIRST - 1)).isEqualTo(Duration.ofNanos(1_000));
        assertThat(breaker.allow(16, FIRST)).isEqualTo(1);
        assertThat(breaker.allow(16, FIRST)).isZero();
        assertThat(breaker.refused("401", Optional.empty(), FIRST)).isEqualTo(LaneBreaker.FIRST.multipliedBy(2));
        assertThat(breaker.reason()).contains("its provider refuses our account: 401");
    }

    @Test
    void thoseUnderWayDoNotLengthenThePause() {
        for (int i = 0; i < 100; i++) {
            assertThat(breaker.refused("401", Optional.empty(), 0)).isEqualTo(LaneBreaker.FIRST);
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
        assertThat(last).isEqualTo(LaneBreaker.LONGEST);
    }

    @Test
    void providersWishCountsWithinItsBound() {
        assertThat(breaker.refused("401", Optional.of(Duration.ofMinutes(20)), 0))
                .isEqualTo(Duration.ofMinutes(20));
        LaneBreaker other = breaker(3);
        assertThat(other.refused("401", Optional.of(Duration.ofDays(20)), 0)).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void anAnswerAboutAMessageEndsIt() {
        breaker.refused("401", Optional.empty(), 0);
        breaker.worked();
        assertThat(goesOn).hasValue(1);
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
        assertThat(breaker.remaining(FIRST)).isEqualTo(LaneBreaker.FIRST.multipliedBy(2));
    }

    @Test
    void anAnswerInBetweenBeginsTheCountAnew() {
        for (int i = 0; i < 10; i++) {
            breaker.failed("no answer", 0);
            breaker.failed("no answer", 0);
            breaker.worked();
        }
        assertThat(breaker.reason()).isEmpty();
    }

    @Test
    void failuresOfThoseUnderWayDoNotLengthenThePause() {
        for (int i = 0; i < 100; i++) {
            breaker.failed("no answer", 0);
        }
        assertThat(breaker.remaining(0)).isEqualTo(LaneBreaker.FIRST);
    }

    @Test
    void withoutAThresholdNoFailureOpensIt() {
        LaneBreaker never = breaker(0);
        for (int i = 0; i < 1_000; i++) {
            never.failed("no answer", 0);
        }
        assertThat(never.allow(16, 0)).isEqualTo(16);
    }

    @Test
    void whatAnAttemptEndedWithIsLearnedFrom() {
        for (int i = 0; i < 3; i++) {
            breaker.judged(new SendResult.NotSent("no line", Optional.empty()), true, 0);
        }
        assertThat(breaker.reason()).contains("its provider failed 3 times in a row: no line");
        breaker.judged(new SendResult.Rejected("no such number"), true, 0);
        assertThat(breaker.reason()).isEmpty();
        assertThat(goesOn).hasValue(1);

        SendResult refused = new SendResult.NotSent("401", Optional.empty(), SendResult.Scope.ACCOUNT);
        assertThat(breaker.judged(refused, true, 0))
                .isEqualTo(new SendResult.NotSent("401", Optional.of(LaneBreaker.FIRST), SendResult.Scope.ACCOUNT));
        assertThat(breaker.judged(new SendResult.Unknown("no answer"), true, 0))
                .isEqualTo(new SendResult.Unknown("no answer"));
        breaker.judged(new SendResult.Accepted(Optional.empty()), true, 0);
        assertThat(breaker.reason()).isEmpty();
    }

    /** Nobody has asked the provider: it may be as bad as before, and the next message tries it. */
    @Test
    void whatASenderRefusedWithoutARequestSaysNothingOfTheProvider() {
        SendResult local = new SendResult.Rejected("'12' is not a phone number");
        breaker.failed("no answer", 0);
        breaker.failed("no answer", 0);
        breaker.judged(local, false, 0);
        breaker.failed("no answer", 0);
        assertThat(breaker.reason()).contains("its provider failed 3 times in a row: no answer");

        assertThat(breaker.allow(16, FIRST)).isEqualTo(1);
        breaker.judged(local, false, FIRST);
        assertThat(breaker.reason()).isPresent();
        assertThat(goesOn).as("the lane is told to look again").hasValue(1);
        assertThat(breaker.allow(16, FIRST)).isEqualTo(1);
        breaker.judged(new SendResult.Rejected("no such number"), true, FIRST);
        assertThat(breaker.reason()).isEmpty();
    }
}
