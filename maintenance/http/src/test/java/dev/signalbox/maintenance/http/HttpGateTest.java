package dev.signalbox.maintenance.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HttpGateTest {
    /** Rounded down, one would come back while the node is still closed. */
    @Test
    void aPartOfASecondIsAWholeOneInRetryAfter() {
        try (Maintenance maintenance =
                Maintenance.start(MaintenanceOptions.defaults().withRetryAfter(Duration.ofMillis(1_001)))) {
            HttpGate gate = HttpGate.join(maintenance, HttpGateOptions.defaults());

            assertThat(gate.retryAfter()).isEqualTo("2");
        }
    }
}
