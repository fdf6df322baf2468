package dev.signalbox.session.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Settings: the defaults are a promise, and what is out of range is named. */
class OptionsTest {
    @Test
    void theDefaultsAreAsDocumented() {
        BusOptions options = BusOptions.DEFAULT;
        assertThat(options.maxPayload()).isEqualTo(64 * 1024);
        assertThat(options.writers()).isEqualTo(1);
        assertThat(options.maxWaiting()).isEqualTo(10_000);
        assertThat(options.patience()).isEqualTo(Duration.ofSeconds(30));
        assertThat(options.buffer()).isEqualTo(256);
        assertThat(options.sweep()).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.liveness()).isEqualTo(Duration.ofSeconds(10));
        assertThat(options.trim()).isEqualTo(Duration.ofSeconds(30));
        assertThat(GroupOptions.DEFAULT.lease()).isEqualTo(Duration.ofSeconds(30));
        assertThat(GroupOptions.DEFAULT.maxAttempts()).isEmpty();
        assertThat(GroupOptions.DEFAULT.start()).isEqualTo(From.beginning());
        assertThat(Retention.FOREVER.isForever()).isTrue();
    }

    @Test
    void whatIsOutOfRangeIsNamed() {
        BusOptions options = BusOptions.DEFAULT;
        refused("maxPayload", () -> options.withMaxPayload(0));
        refused("writers", () -> options.withWriters(65));
        refused("maxWaiting", () -> options.withMaxWaiting(0));
        refused("patience", () -> options.withPatience(Duration.ofMillis(9)));
        refused("buffer", () -> options.withBuffer(0));
        refused("sweep", () -> options.withSweep(Duration.ofMillis(9)));
        refused("liveness", () -> options.withLiveness(Duration.ofMillis(99)));
        refused("trim", () -> options.withTrim(Duration.ofDays(2)));
        refused("maxEvents", () -> Retention.ofEvents(0));
        refused("maxAge", () -> Retention.ofAge(Duration.ofMillis(999)));
        refused("maxAttempts", () -> GroupOptions.DEFAULT.withMaxAttempts(0));
        refused("length of key", () -> SendOptions.DEFAULT.withKey(""));
        refused("offset", () -> SendOptions.DEFAULT.withExpected(-1));
        refused("length of all headers", () -> SendOptions.DEFAULT.withHeaders(Map.of("h", "v".repeat(8_000))));
        refused("length of a header's name", () -> SendOptions.DEFAULT.withHeaders(Map.of("", "v")));
        refused("lease", () -> GroupOptions.DEFAULT.withLease(Duration.ofHours(2)));
    }

    private static void refused(String field, Runnable change) {
        assertThatThrownBy(change::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(field);
    }
}
