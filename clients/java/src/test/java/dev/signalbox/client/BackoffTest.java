package dev.signalbox.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final ClientOptions.Retry RETRY =
            new ClientOptions.Retry(Duration.ofMillis(500), Duration.ofSeconds(30));

    @Test
    void theBoundDoublesUpToTheLastAndBeginsAnew() {
        Backoff backoff = new Backoff(RETRY, () -> 1.0);
        assertThat(backoff.next(Duration.ZERO)).isEqualTo(Duration.ofMillis(500));
        assertThat(backoff.next(Duration.ZERO)).isEqualTo(Duration.ofSeconds(1));
        assertThat(backoff.next(Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(7));
        for (int i = 0; i < 100; i++) {
            backoff.next(Duration.ZERO);
        }
        assertThat(backoff.next(Duration.ZERO)).isEqualTo(Duration.ofSeconds(30));
        backoff.reset();
        assertThat(backoff.next(Duration.ZERO)).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void pausesAreRandomFromNothingOn() {
        assertThat(new Backoff(RETRY, () -> 0.0).next(Duration.ZERO)).isZero();
        assertThat(new Backoff(RETRY, () -> 0.5).next(Duration.ZERO)).isEqualTo(Duration.ofMillis(250));
    }

    /** So that clients that lost one server do not come back at the same moment. */
    @Test
    void clientsPausesDiffer() {
        List<Duration> pauses = Stream.generate(() -> Backoff.withJitter(RETRY).next(Duration.ZERO))
                .limit(100)
                .toList();
        assertThat(pauses).doesNotHaveDuplicates().allMatch(pause -> pause.compareTo(RETRY.first()) <= 0);
    }

    @Test
    void whatFollowsFromACloseCode() {
        assertThat(CloseCodes.isFinal(4403, 0, true)).isTrue();
        assertThat(CloseCodes.isFinal(1009, 0, true)).isFalse();
        assertThat(CloseCodes.isFinal(1012, 0, false)).isFalse();
        assertThat(CloseCodes.isFinal(4414, 0, true)).isFalse();
        assertThat(CloseCodes.isFinal(4401, 1, false)).isTrue();
        assertThat(CloseCodes.isFinal(4401, 2, true)).isFalse();
        assertThat(CloseCodes.isFinal(4401, 3, true)).isTrue();
        assertThat(CloseCodes.pauseAfter(4429)).isEqualTo(Duration.ofSeconds(5));
        assertThat(CloseCodes.pauseAfter(4410)).isZero();
    }
}
