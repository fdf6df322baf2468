package dev.signalbox.maintenance.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.maintenance.control.DrainReport.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class MaintenanceTest extends MaintenanceFixture {
    @Test
    void drainsPhaseByPhaseAndOpensTheOtherWay() throws Exception {
        add("pool", Phase.RESOURCES);
        add("http", Phase.INTAKE);
        add("ready", Phase.ANNOUNCE);
        add("dispatch", Phase.WORK);

        maintenance.enter(WISH);
        becomes(Admission.CLOSED);
        assertThat(log)
                .containsExactly(
                        "drain ready",
                        "drained ready",
                        "drain http",
                        "drained http",
                        "drain dispatch",
                        "drained dispatch",
                        "drain pool",
                        "drained pool");
        log.clear();
        maintenance.leave();
        becomes(Admission.OPEN);

        assertThat(log).containsExactly("resume pool", "resume dispatch", "resume http", "resume ready");
    }

    @Test
    void insideAPhaseAllDrainSideBySide() throws Exception {
        ScriptedDrainable first = add("first", Phase.INTAKE).busy();
        ScriptedDrainable second = add("second", Phase.INTAKE).busy();
        add("later", Phase.WORK);

        maintenance.enter(WISH);
        await().atMost(LONG).untilAsserted(() -> assertThat(log).contains("drain first", "drain second"));
        assertThat(maintenance.admission()).isEqualTo(Admission.DRAINING);
        assertThat(log).doesNotContain("drain later");
        second.finish();
        first.finish();

        becomes(Admission.CLOSED);
        assertThat(log.getLast()).isEqualTo("drained later");
    }

    @Test
    void eachWindowIsLikeTheFirst() throws Exception {
        add("http", Phase.INTAKE);
        for (int window = 0; window < 3; window++) {
            maintenance.enter(WISH);
            becomes(Admission.CLOSED);
            maintenance.leave();
            becomes(Admission.OPEN);
        }
        assertThat(log).hasSize(9);
        assertThat(stats("http").drains()).isEqualTo(3);
        assertThat(maintenance.reports()).extracting(DrainReport::number).containsExactly(3L, 2L, 1L);
    }

    @Test
    void enteringTwiceDrainsOnce() throws Exception {
        add("http", Phase.INTAKE);
        maintenance.enter(WISH);
        maintenance.enter(Signal.of("bob", "the same"));
        becomes(Admission.CLOSED);

        assertThat(log).containsExactly("drain http", "drained http");
        assertThat(maintenance.status().signals())
                .extracting(each -> each.signal().actor())
                .containsExactly("bob");
    }

    @Test
    void aDrainThatIsCancelledOpensWhatItHadBegun() throws Exception {
        add("ready", Phase.ANNOUNCE);
        add("http", Phase.INTAKE).busy();
        add("dispatch", Phase.WORK);
        maintenance.enter(WISH);
        await().atMost(LONG).untilAsserted(() -> assertThat(log).contains("drain http"));

        maintenance.leave();
        becomes(Admission.OPEN);

        assertThat(log).containsExactly("drain ready", "drained ready", "drain http", "resume http", "resume ready");
        DrainReport report = maintenance.reports().getFirst();
        assertThat(report.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(report.entries())
                .extracting(DrainReport.Entry::outcome)
                .containsExactly(Outcome.DRAINED, Outcome.CANCELLED);
    }

    /** The last word of a phase and the end of the maintenance may come together: nobody was interrupted, and yet it is cancelled. */
    @Test
    void aDrainThatIsCancelledAsAPhaseEndsBeginsNoOther() throws Exception {
        add("http", Phase.INTAKE).whenDrained(maintenance::leave);
        add("dispatch", Phase.WORK);
        maintenance.enter(WISH);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(maintenance.reports())
                        .extracting(DrainReport::outcome)
                        .containsExactly(Outcome.CANCELLED));
        becomes(Admission.OPEN);

        assertThat(log).containsExactly("drain http", "drained http", "resume http");
    }

    @Test
    void anySignalKeepsTheNodeInMaintenance() throws Exception {
        var file = new ScriptedSource("file");
        var row = new ScriptedSource("row");
        maintenance.add(file);
        maintenance.add(row);
        file.says(Optional.of(WISH));
        row.says(Optional.of(Signal.of("bob", "upgrade")));
        becomes(Admission.CLOSED);

        file.says(Optional.empty());
        assertThat(maintenance.status().signals())
                .extracting(ActiveSignal::source)
                .containsExactly("row");
        assertThat(maintenance.await(Admission.OPEN, Duration.ofMillis(50))).isFalse();
        row.says(Optional.empty());

        becomes(Admission.OPEN);
    }

    @Test
    void aSignalEndsWhenItExpires() throws Exception {
        maintenance.enter(WISH.until(now.get().plusSeconds(1200)));
        becomes(Admission.CLOSED);
        assertThat(maintenance.retryAfter()).isEqualTo(Duration.ofMinutes(20));

        now.set(now.get().plusSeconds(1200));

        becomes(Admission.OPEN);
        assertThat(maintenance.status().signals()).isEmpty();
    }

    @Test
    void aSourceThatIsLostStandsByWhatItSaidLast() throws Exception {
        var source = new ScriptedSource("etcd");
        maintenance.add(source);
        source.says(Optional.of(WISH));
        becomes(Admission.CLOSED);

        source.lost("no answer");
        assertThat(maintenance.await(Admission.OPEN, Duration.ofMillis(50))).isFalse();
        assertThat(maintenance.status().sources()).contains(new SourceStatus("etcd", Optional.of("no answer"), true));
        source.says(Optional.of(WISH));

        assertThat(maintenance.status().sources()).contains(new SourceStatus("etcd", Optional.empty(), true));
        assertThat(maintenance.admission()).isEqualTo(Admission.CLOSED);
    }

    @Test
    void aSourceThatIsRemovedTakesItsSignalAlong() throws Exception {
        var source = new ScriptedSource("etcd");
        maintenance.add(source);
        source.says(Optional.of(WISH));
        becomes(Admission.CLOSED);

        assertThat(maintenance.removeSource("etcd")).isTrue();
        becomes(Admission.OPEN);
        source.says(Optional.of(WISH));

        assertThat(maintenance.status().signals()).isEmpty();
        assertThat(source.closed).isTrue();
        assertThat(maintenance.removeSource("etcd")).isFalse();
    }

    @Test
    void aParticipantThatComesDuringMaintenanceDrainsAtOnce() throws Exception {
        maintenance.enter(WISH);
        becomes(Admission.CLOSED);
        add("late", Phase.INTAKE);

        await().atMost(LONG).untilAsserted(() -> assertThat(log).containsExactly("drain late", "drained late"));
        maintenance.leave();
        becomes(Admission.OPEN);
        assertThat(log).endsWith("resume late");
    }

    @Test
    void aDryRunChangesNothing() throws Exception {
        add("pool", Phase.RESOURCES).within(Duration.ofSeconds(3));
        add("http", Phase.INTAKE).within(Duration.ofSeconds(5));
        ScriptedDrainable grpc =
                add("grpc", Phase.INTAKE).within(Duration.ofSeconds(4)).busy();
        DrainPlan plan = maintenance.dryRun();

        assertThat(plan.steps()).extracting(DrainPlan.Step::name).containsExactly("http", "grpc", "pool");
        assertThat(plan.steps()).extracting(DrainPlan.Step::underWay).containsExactly(0L, 1L, 0L);
        assertThat(plan.longest()).isEqualTo(Duration.ofSeconds(8));
        assertThat(plan.estimate()).isEmpty();
        assertThat(log).isEmpty();

        grpc.finish();
        maintenance.enter(WISH);
        becomes(Admission.CLOSED);
        assertThat(maintenance.dryRun().estimate()).isPresent();
    }

    @Test
    void listenersHearWhatTheirFilterLetsThrough() throws Exception {
        List<MaintenanceEvent> changes = new CopyOnWriteArrayList<>();
        List<MaintenanceEvent> own = new CopyOnWriteArrayList<>();
        var backup = new MaintenanceEvent.Kind("backup");
        maintenance.subscribe(event -> event.source().equals("maintenance"), changes::add);
        Subscription ended = maintenance.subscribe(event -> event.kind().equals(backup), own::add);
        maintenance.subscribe(event -> true, event -> {
            throw new IllegalStateException("a listener that fails");
        });

        maintenance.enter(WISH);
        becomes(Admission.CLOSED);
        maintenance.leave();
        becomes(Admission.OPEN);
        var done = new MaintenanceEvent(now.get(), backup, "nightly", "done", java.util.Map.of());
        maintenance.publish(done);

        await().atMost(LONG)
                .untilAsserted(() -> assertThat(changes)
                        .extracting(MaintenanceEvent::what)
                        .containsExactly("draining", "closed", "opening", "open"));
        await().atMost(LONG).untilAsserted(() -> assertThat(own).containsExactly(done));
        assertThat(maintenance.lastEvent()).contains(done);
        ended.close();
        maintenance.publish(done);
        assertThat(ended.dropped()).isZero();
        assertThat(own).hasSize(1);
    }

    @Test
    void namesAreUnique() {
        add("http", Phase.INTAKE);
        maintenance.add(new ScriptedSource("file"));

        assertThatThrownBy(() -> add("http", Phase.WORK)).hasMessageContaining("already named http");
        assertThatThrownBy(() -> maintenance.add(new ScriptedSource("file")))
                .hasMessageContaining("already named file");
        assertThatThrownBy(() -> maintenance.add(new ScriptedSource(Maintenance.HERE)))
                .hasMessageContaining("already named");
        assertThat(maintenance.remove("http")).isTrue();
        assertThat(maintenance.remove("http")).isFalse();
    }

    @Test
    void theHealthOfParticipantsIsTold() {
        add("kafka", Phase.WORK).problem = Optional.of("no broker answers");

        assertThat(maintenance.status().problems()).containsEntry("kafka", "no broker answers");
        assertThat(maintenance.status().underWay()).containsEntry("kafka", 0L);
    }

    @Test
    void onlyTheLastReportsAreKept() throws Exception {
        reopen(MaintenanceOptions.defaults().withReports(2));
        for (int i = 0; i < 3; i++) {
            maintenance.enter(WISH);
            becomes(Admission.CLOSED);
            maintenance.leave();
            becomes(Admission.OPEN);
        }
        assertThat(maintenance.reports()).extracting(DrainReport::number).containsExactly(3L, 2L);
    }

    /** A source as an application would write one. */
    private static final class ScriptedSource implements SignalSource {
        private final String name;
        private final List<Listener> listeners = new ArrayList<>();
        volatile boolean closed;

        ScriptedSource(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void start(Listener listener) {
            listeners.add(listener);
        }

        void says(Optional<Signal> signal) {
            listeners.forEach(listener -> listener.says(signal));
        }

        void lost(String reason) {
            listeners.forEach(listener -> listener.lost(reason));
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
