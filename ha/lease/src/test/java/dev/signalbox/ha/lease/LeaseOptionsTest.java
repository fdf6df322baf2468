package dev.signalbox.ha.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The options, their defaults and ranges. */
class LeaseOptionsTest {
    @Test
    void defaultsArePromises() {
        assertThat(LeaseOptions.DEFAULT)
                .isEqualTo(new LeaseOptions(Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(5)));
    }

    @Test
    void aHolderActsForNineTenthsAndRenewsAtAThird() {
        LeaseOptions options = LeaseOptions.DEFAULT.withTtl(Duration.ofSeconds(30));
        assertThat(options.usable()).isEqualTo(Duration.ofSeconds(27));
        assertThat(options.renewEvery()).isEqualTo(Duration.ofSeconds(10));
        assertThat(options.retryEvery()).isEqualTo(Duration.ofMillis(1500));
    }

    @Test
    void rangesAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LeaseOptions.DEFAULT.withTtl(Duration.ofMillis(99)))
                .withMessage("lease option ttl is PT0.099S; it must be PT0.1S to PT1H");
        assertThatIllegalArgumentException().isThrownBy(() -> LeaseOptions.DEFAULT.withTtl(Duration.ofMinutes(61)));
        assertThatIllegalArgumentException().isThrownBy(() -> LeaseOptions.DEFAULT.withPoll(Duration.ZERO));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LeaseOptions.DEFAULT.withStandAside(Duration.ofMillis(-1)));
    }
}
