package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccountPauseTest {
    private static final long FIRST = Micros.of(AccountPause.FIRST);

    private final AccountPause pause = new AccountPause(Channel.SMS, Duration.ofHours(1));

    @Test
    void nothingIsHeldBackBefore() {
        assertThat(pause.allow(16, 0)).isEqualTo(16);
        assertThat(pause.worked()).isFalse();
        assertThat(pause.reason()).isEmpty();
    }

    @Test
    void oneAtATimeTriesTheAccountAndPausesDouble() {
        assertThat(pause.refused("401", Optional.empty(), 0)).isEqualTo(AccountPause.FIRST);
        assertThat(pause.allow(16, FIRST - 1)).isZero();
        assertThat(pause.remaining(FIRST - 1)).isEqualTo(Duration.ofNanos(1_000));
        assertThat(pause.allow(16, FIRST)).isEqualTo(1);
        assertThat(pause.allow(16, FIRST)).isZero();
        assertThat(pause.refused("401", Optional.empty(), FIRST)).isEqualTo(AccountPause.FIRST.multipliedBy(2));
        assertThat(pause.reason()).contains("401");
    }

    @Test
    void thoseUnderWayDoNotLengthenThePause() {
        for (int i = 0; i < 100; i++) {
            assertThat(pause.refused("401", Optional.empty(), 0)).isEqualTo(AccountPause.FIRST);
        }
    }

    @Test
    void pausesAreBounded() {
        long ticks = 0;
        Duration last = Duration.ZERO;
        for (int i = 0; i < 20; i++) {
            last = pause.refused("401", Optional.empty(), ticks);
            ticks += Micros.of(last);
            assertThat(pause.allow(16, ticks)).isEqualTo(1);
        }
        assertThat(last).isEqualTo(AccountPause.LONGEST);
    }

    @Test
    void providersWishCountsWithinItsBound() {
        assertThat(pause.refused("401", Optional.of(Duration.ofMinutes(20)), 0)).isEqualTo(Duration.ofMinutes(20));
        AccountPause other = new AccountPause(Channel.SMS, Duration.ofHours(1));
        assertThat(other.refused("401", Optional.of(Duration.ofDays(20)), 0)).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void anAnswerAboutAMessageEndsIt() {
        pause.refused("401", Optional.empty(), 0);
        assertThat(pause.worked()).isTrue();
        assertThat(pause.allow(16, 1)).isEqualTo(16);
    }

    @Test
    void trialWithoutAMessageIsNotUsedUp() {
        pause.refused("401", Optional.empty(), 0);
        assertThat(pause.allow(16, FIRST)).isEqualTo(1);
        pause.unused(FIRST);
        assertThat(pause.allow(16, FIRST)).isEqualTo(1);
    }
}
