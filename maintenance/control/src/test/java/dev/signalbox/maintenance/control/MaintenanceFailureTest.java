package dev.signalbox.maintenance.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.maintenance.control.DrainReport.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What fails, hangs, or does not end in time. */
class MaintenanceFailureTest extends MaintenanceFixture {
    @Test
    void workThatIsLeftAtTheDeadlineIsToldAndCut() throws Exception {
        add("http", Phase.INTAKE).within(Duration.ofMillis(10)).busy();
        add("pool", Phase.RESOURCES);
        maintenance.enter(WISH);
        becomes(Admission.CLOSED);

        assertThat(log).containsExactly("drain http", "cut http", "drain pool", "drained pool");
        DrainReport report = maintenance.reports().getFirst();
        assertThat(report.outcome()).isEqualTo(Outcome.OVERDUE);
        DrainReport.Entry blocker = report.blockers().getFirst();
        assertThat(blocker.name()).isEqualTo("http");
        assertThat(blocker.found()).isEqualTo(1);
        assertThat(blocker.left()).isEqualTo(1);
        assertThat(blocker.cut()).isTrue();
        assertThat(stats("http").overdue()).isEqualTo(1);
    }

    @Test
    void aParticipantThatIgnoresItsDeadlineDoesNotHoldUpTheDrain() throws Exception {
        ScriptedDrainable stuck =
                add("stuck", Phase.INTAKE).within(Duration.ofMillis(10)).deaf();
        add("pool", Phase.RESOURCES);
        maintenance.enter(WISH);
        becomes(Admission.CLOSED);

        assertThat(log).contains("ignored an interrupt: stuck", "drained pool");
        assertThat(maintenance.reports().getFirst().blockers().getFirst().problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("did not return"));
        stuck.finish();
    }

    @Test
    void aParticipantThatFailsIsToldAndTheOthersDrain() throws Exception {
        add("broken", Phase.INTAKE).drainFailures.set(1);
        add("pool", Phase.RESOURCES);
        maintenance.enter(WISH);
        becomes(Admission.CLOSED);

        assertThat(log).containsExactly("drain broken", "cut broken", "drain pool", "drained pool");
        assertThat(maintenance.reports().getFirst().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(maintenance.reports().getFirst().blockers().getFirst().problem())
                .contains("java.lang.IllegalStateException: scripted");
    }

    @Test
    void byThePolicyUndoAFailedDrainOpensAgainUntilANewSignal() throws Exception {
        reopen(MaintenanceOptions.defaults().withOnFailure(FailurePolicy.UNDO));
        add("ready", Phase.ANNOUNCE);
        add("broken", Phase.INTAKE).drainFailures.set(1);
        add("pool", Phase.RESOURCES);
        maintenance.enter(WISH);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(log)
                        .containsExactly(
                                "drain ready", "drained ready", "drain broken", "resume broken", "resume ready"));
        becomes(Admission.OPEN);
        assertThat(maintenance.await(Admission.CLOSED, Duration.ofMillis(50))).isFalse();

        maintenance.enter(Signal.of("alice", "once more"));

        becomes(Admission.CLOSED);
    }

    @Test
    void whatCouldNotBeOpenedIsTriedAgain() throws Exception {
        add("kafka", Phase.WORK).resumeFailures.set(1);
        add("http", Phase.INTAKE);
        maintenance.enter(WISH);
        becomes(Admission.CLOSED);
        log.clear();
        maintenance.leave();
        becomes(Admission.OPEN);
        assertThat(log).contains("resume http");

        await().atMost(LONG).untilAsserted(() -> assertThat(log).containsExactly("resume http", "resume kafka"));
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(maintenance.status().problems()).isEmpty());
    }
}
