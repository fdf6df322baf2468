package dev.signalbox.maintenance.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.maintenance.control.DrainReport.Outcome;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A drain for good. */
class MaintenanceShutdownTest extends MaintenanceFixture {
    @Test
    void aShutdownDrainsAndNeverOpens() throws Exception {
        add("http", Phase.INTAKE);
        Optional<DrainReport> report = maintenance.shutdown(LONG);

        assertThat(report.orElseThrow().outcome()).isEqualTo(Outcome.DRAINED);
        maintenance.enter(WISH);
        maintenance.leave();
        assertThat(maintenance.await(Admission.OPEN, Duration.ofMillis(50))).isFalse();
        assertThat(log).containsExactly("drain http", "drained http");
        assertThat(maintenance.shutdown(LONG)).isEmpty();
    }

    @Test
    void aShutdownDuringADrainEndsWithinItsOwnDeadline() throws Exception {
        add("http", Phase.INTAKE).busy();
        maintenance.enter(WISH);
        await().atMost(LONG).untilAsserted(() -> assertThat(log).contains("drain http"));

        Optional<DrainReport> report = maintenance.shutdown(Duration.ofMillis(10));

        assertThat(report.orElseThrow().outcome()).isEqualTo(Outcome.OVERDUE);
        assertThat(log).containsExactly("drain http", "cut http");
    }

    @Test
    void aShutdownIsNotUndone() throws Exception {
        reopen(MaintenanceOptions.defaults().withOnFailure(FailurePolicy.UNDO));
        add("broken", Phase.INTAKE).drainFailures.set(1);
        add("pool", Phase.RESOURCES);

        assertThat(maintenance.shutdown(LONG).orElseThrow().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(maintenance.admission()).isEqualTo(Admission.CLOSED);
        assertThat(log).contains("drained pool");
    }
}
