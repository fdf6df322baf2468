package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RetryTest {
    private final SplittableRandom random = new SplittableRandom(1);

    @Test
    void waitsGrowToTheirBound() {
        Retry retry = new Retry(Duration.ofSeconds(2), 3, Duration.ofSeconds(50), 0, Duration.ZERO);
        assertThat(retry.after(1, random)).isEqualTo(Duration.ofSeconds(2));
        assertThat(retry.after(2, random)).isEqualTo(Duration.ofSeconds(6));
        assertThat(retry.after(3, random)).isEqualTo(Duration.ofSeconds(18));
        assertThat(retry.after(4, random)).isEqualTo(Duration.ofSeconds(50));
        assertThat(retry.after(100, random)).isEqualTo(Duration.ofSeconds(50));
    }

    @Test
    void jitterStaysWithinItsPart() {
        Retry retry = new Retry(Duration.ofSeconds(10), 1, Duration.ofSeconds(10), 0.3, Duration.ZERO);
        long different = random.ints(500)
                .mapToObj(i -> retry.after(1, random))
                .peek(wait -> assertThat(wait).isBetween(Duration.ofSeconds(7), Duration.ofSeconds(10)))
                .distinct()
                .count();
        assertThat(different).isGreaterThan(100);
    }

    @Test
    void providersWishCountsUpToItsBound() {
        Retry retry = new Retry(Duration.ofSeconds(10), 1, Duration.ofSeconds(10), 0, Duration.ofSeconds(60));
        assertThat(retry.after(1, List.of(), Duration.ofSeconds(1), random)).isEqualTo(Duration.ofSeconds(10));
        assertThat(retry.after(1, List.of(), Duration.ofSeconds(30), random)).isEqualTo(Duration.ofSeconds(30));
        assertThat(retry.after(1, List.of(), Duration.ofDays(1), random)).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void settingsAreChecked() {
        Duration second = Duration.ofSeconds(1);
        refused("retry base", () -> new Retry(Duration.ZERO, 2, second, 0, second));
        refused("retry factor", () -> new Retry(second, 0.5, second, 0, second));
        refused("retry factor", () -> new Retry(second, Double.NaN, second, 0, second));
        refused("retry max", () -> new Retry(second, 2, Duration.ofMillis(1), 0, second));
        refused("retry jitter", () -> new Retry(second, 2, second, 1.1, second));
        refused("retry-after", () -> new Retry(second, 2, second, 0, Duration.ofDays(8)));
        refused("lease", () -> DispatchOptions.DEFAULT.withLease(Duration.ofMillis(1)));
        refused("margin", () -> DispatchOptions.DEFAULT.withMargin(Duration.ZERO));
        refused("poll", () -> DispatchOptions.DEFAULT.withPoll(Duration.ofHours(1)));
        refused("batch", () -> DispatchOptions.DEFAULT.withBatch(0));
    }

    private static void refused(String field, Runnable settings) {
        assertThatIllegalArgumentException().isThrownBy(settings::run).withMessageStartingWith(field);
    }

    @Test
    void goesByTheSchedule() {
        Retry retry = Retry.DEFAULT;
        List<Duration> schedule = List.of(Duration.ofSeconds(5), Duration.ofMinutes(5));
        var random = new SplittableRandom(1);
        assertThat(retry.after(1, schedule, Duration.ZERO, random))
                .isBetween(Duration.ofSeconds(5), Duration.ofMillis(5_500));
        assertThat(retry.after(2, schedule, Duration.ZERO, random))
                .isBetween(Duration.ofMinutes(5), Duration.ofSeconds(330));
        assertThat(retry.after(9, schedule, Duration.ZERO, random))
                .isBetween(Duration.ofMinutes(5), Duration.ofSeconds(330));
        assertThat(retry.after(1, schedule, Duration.ofMinutes(2), random)).isEqualTo(Duration.ofMinutes(2));
    }
}
