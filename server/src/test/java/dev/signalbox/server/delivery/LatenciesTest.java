package dev.signalbox.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.Channel;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    private static final Instant NOW = Instant.parse("2026-11-21T09:00:00Z");

    private final Latencies latencies = new Latencies();

    private Latencies.Latency latency(Instant now, String channel) {
        return Objects.requireNonNull(latencies.byChannel(now).get(channel), channel);
    }

    @Test
    void percentilesAreRightToAThird() {
        for (int i = 1; i <= 100; i++) {
            latencies.add(NOW, Channel.SMS, Duration.ofMillis(i <= 98 ? 100 : 30_000));
        }

        Latencies.Latency sms = latency(NOW, "sms");
        assertThat(sms.count()).isEqualTo(100);
        assertThat(sms.p50Millis()).isBetween(75L, 133L);
        assertThat(sms.p99Millis()).isBetween(22_500L, 40_000L);
    }

    @Test
    void whatIsOlderThanFiveMinutesIsForgotten() {
        latencies.add(NOW, Channel.SMS, Duration.ofMillis(5));
        latencies.add(NOW.plusSeconds(120), Channel.SMS, Duration.ofMillis(5));

        assertThat(latency(NOW.plusSeconds(299), "sms").count()).isEqualTo(2);
        assertThat(latency(NOW.plusSeconds(300), "sms").count()).isEqualTo(1);
        assertThat(latencies.byChannel(NOW.plusSeconds(420))).isEmpty();
    }

    @Test
    void theShortestAndTheLongestHaveTheirPlace() {
        latencies.add(NOW, Channel.LIVE, Duration.ofMillis(-3));
        latencies.add(NOW, Channel.SMS, Duration.ofDays(3_650));

        assertThat(latency(NOW, "client").p50Millis()).isEqualTo(1);
        assertThat(latency(NOW, "sms").p50Millis())
                .isGreaterThan(Duration.ofHours(10).toMillis());
    }

    @Test
    void aMinuteThatComesLateDoesNotBringBackWhatIsForgotten() {
        latencies.add(NOW.plusSeconds(600), Channel.SMS, Duration.ofMillis(5));
        latencies.add(NOW, Channel.SMS, Duration.ofMillis(5));

        assertThat(latency(NOW.plusSeconds(600), "sms").count()).isEqualTo(2);
    }
}
