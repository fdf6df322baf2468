package dev.signalbox.server.maintenance;

import dev.signalbox.maintenance.control.ActiveSignal;
import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.DrainPlan;
import dev.signalbox.maintenance.control.DrainReport;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceStatus;
import dev.signalbox.maintenance.control.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a node stands, as REST shows it. */
record MaintenanceView(
        Admission admission,
        Instant since,
        List<SignalView> signals,
        List<SourceView> sources,
        Map<String, Long> underWay,
        Map<String, String> problems) {

    record SignalView(String source, String actor, String reason, Instant since, Optional<Instant> until) {}

    record SourceView(String name, boolean heard, Optional<String> stale) {}

    static MaintenanceView of(Maintenance maintenance) {
        MaintenanceStatus status = maintenance.status();
        return new MaintenanceView(
                status.admission(),
                status.since(),
                signals(status.signals()),
                status.sources().stream()
                        .filter(source -> !source.name().equals(Maintenance.HERE))
                        .map(source -> new SourceView(source.name(), source.heard(), source.stale()))
                        .toList(),
                status.underWay(),
                status.problems());
    }

    private static List<SignalView> signals(List<ActiveSignal> active) {
        return active.stream()
                .map(each -> new SignalView(
                        each.source(),
                        each.signal().actor(),
                        each.signal().reason(),
                        each.since(),
                        each.signal().until()))
                .toList();
    }

    /** A drain, as REST shows it. Times are in milliseconds. */
    record ReportView(
            long number,
            Instant startedAt,
            long tookMillis,
            DrainReport.Outcome outcome,
            List<SignalView> signals,
            List<EntryView> entries) {
        static ReportView of(DrainReport report) {
            return new ReportView(
                    report.number(),
                    report.startedAt(),
                    report.took().toMillis(),
                    report.outcome(),
                    MaintenanceView.signals(report.signals()),
                    report.entries().stream().map(EntryView::of).toList());
        }
    }

    record EntryView(
            String name,
            Phase phase,
            DrainReport.Outcome outcome,
            long found,
            long left,
            boolean cut,
            long waitedMillis,
            Optional<String> problem) {
        static EntryView of(DrainReport.Entry entry) {
            return new EntryView(
                    entry.name(),
                    entry.phase(),
                    entry.outcome(),
                    entry.found(),
                    entry.left(),
                    entry.cut(),
                    entry.waited().toMillis(),
                    entry.problem());
        }
    }

    /** What a drain would do, as REST shows it. */
    record PlanView(List<StepView> steps, long longestMillis, Optional<Long> estimateMillis) {
        static PlanView of(DrainPlan plan) {
            return new PlanView(
                    plan.steps().stream().map(StepView::of).toList(),
                    plan.longest().toMillis(),
                    plan.estimate().map(Duration::toMillis));
        }
    }

    record StepView(String name, Phase phase, long underWay, long deadlineMillis, Optional<Long> lastTimeMillis) {
        static StepView of(DrainPlan.Step step) {
            return new StepView(
                    step.name(),
                    step.phase(),
                    step.underWay(),
                    step.deadline().toMillis(),
                    step.lastTime().map(Duration::toMillis));
        }
    }
}
