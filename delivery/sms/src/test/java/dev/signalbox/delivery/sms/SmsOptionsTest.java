package dev.signalbox.delivery.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SmsOptionsTest {
    private static final SmsOptions VALID = SmsOptions.defaults();

    @Test
    void hasTheDocumentedDefaults() {
        assertThat(VALID.timeout()).isEqualTo(Duration.ofSeconds(6));
        assertThat(VALID.connectTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(VALID.concurrency()).isEqualTo(64);
        assertThat(VALID.limit()).isEqualTo(new SmsLimit(160, 10));
        assertThat(VALID.tooLong()).isEqualTo(TooLong.REJECT);
        assertThat(VALID.defaultRegion()).isEmpty();
        assertThat(VALID.trust().verifies()).isTrue();
    }

    @Test
    void refusesWhatCannotWork() {
        refused("timeout", () -> VALID.withTimeout(Duration.ZERO, Duration.ZERO));
        refused("connectTimeout", () -> VALID.withTimeout(Duration.ofSeconds(1), Duration.ofSeconds(2)));
        refused("concurrency", () -> VALID.withConcurrency(0));
        refused("characters", () -> new SmsLimit(10_001, 1));
        refused("segments", () -> new SmsLimit(1, 256));
        refused("region", () -> VALID.withDefaultRegion("Atlantis"));
    }

    private static void refused(String word, ThrowingCallable building) {
        assertThatThrownBy(building)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(word);
    }
}
