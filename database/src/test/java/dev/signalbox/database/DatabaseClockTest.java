package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DatabaseClockTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    /** The local monotonic clock; the database's clock goes with it, from {@link #START} at zero. */
    private final AtomicLong nanos = new AtomicLong();

    private final DatabaseClock clock = answered(Duration.ofMillis(2));

    private static Instant truth(long atNanos) {
        return START.plusNanos(atNanos);
    }

    /** The first answer: given at once, and that long on its way back. */
    private DatabaseClock answered(Duration back) {
        return new DatabaseClock(truth(0), 0, back.toNanos(), nanos::get);
    }

    /** Another one, asked now. */
    private static void ask(DatabaseClock clock, AtomicLong nanos, Duration there, Duration back) {
        long sent = nanos.get();
        Instant answer = truth(nanos.addAndGet(there.toNanos()));
        clock.observe(answer, sent, nanos.addAndGet(back.toNanos()));
    }

    private Duration error() {
        return Duration.between(clock.instant(), truth(nanos.get())).abs();
    }

    @Test
    void tellsTheTimeBetweenAnswers() {
        nanos.addAndGet(Duration.ofMinutes(5).toNanos());
        assertThat(error()).isLessThanOrEqualTo(Duration.ofMillis(1));
    }

    @Test
    void slowAnswerIsPassedOver() {
        ask(clock, nanos, Duration.ZERO, Duration.ofSeconds(28));
        assertThat(error()).isLessThanOrEqualTo(Duration.ofMillis(1));
        ask(clock, nanos, Duration.ofSeconds(28), Duration.ZERO);
        assertThat(error()).isLessThanOrEqualTo(Duration.ofMillis(1));
        assertThat(clock.age()).isZero(); // It was asked, and need not be asked again at once.
    }

    @Test
    void slowFirstAnswerGivesWayToAnyBetterOne() {
        DatabaseClock slow = answered(Duration.ofSeconds(20));
        nanos.set(Duration.ofSeconds(20).toNanos());
        assertThat(slow.isGood()).isFalse();
        ask(slow, nanos, Duration.ZERO, Duration.ofSeconds(4));
        assertThat(Duration.between(slow.instant(), truth(nanos.get())).abs()).isEqualTo(Duration.ofSeconds(2));
        ask(slow, nanos, Duration.ofMillis(1), Duration.ofMillis(1));
        assertThat(slow.instant()).isEqualTo(truth(nanos.get()));
        assertThat(slow.isGood()).isTrue();
    }

    /** A network that is always slow is all there is, and clocks drift. */
    @Test
    void slowAnswerCountsOnceDriftMayBeWorse() {
        nanos.addAndGet(Duration.ofHours(2).toNanos());
        long sent = nanos.get();
        Instant ahead = truth(sent).plusSeconds(1);
        clock.observe(ahead, sent, nanos.addAndGet(Duration.ofSeconds(2).toNanos()));
        assertThat(clock.instant()).isEqualTo(ahead.plusSeconds(1));
    }

    @Test
    void clockThatWasSetIsFollowed() {
        long sent = nanos.get();
        Instant set = START.plus(Duration.ofHours(1));
        clock.observe(set, sent, nanos.addAndGet(Duration.ofMillis(10).toNanos()));
        assertThat(clock.instant()).isEqualTo(set.plusMillis(5));
    }
}
