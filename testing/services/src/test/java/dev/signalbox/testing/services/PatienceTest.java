package dev.signalbox.testing.services;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class PatienceTest {
    /** The launcher that runs this test has called it. */
    @Test
    void testsAwaitAMinute() {
        assertThat(Awaitility.await())
                .extracting("timeoutConstraint.maxWaitTime")
                .isEqualTo(Duration.ofMinutes(1));
    }
}
