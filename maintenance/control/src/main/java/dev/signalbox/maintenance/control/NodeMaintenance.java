package dev.signalbox.maintenance.control;

import dev.signalbox.maintenance.control.DrainReport.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread compares what is wished with what is, and takes one step after the other until both agree. Sources and callers only
 * change what is wished, under the monitor, so that all orders of entering and leaving come to the same.
 */
final class NodeMaintenance implements Maintenance {
    private static final Logger LOG = LoggerFactory.getLogger(NodeMaintenance.class);
    private static final String ITSELF = "maintenance";
    private static final Duration RETRY = Duration.ofSeconds(1);
    /** Farther than any deadline, near enough that differences of times do not overflow. */
    private static final long NEVER = Long.MAX_VALUE / 4;

    private enum Step {
        DRAIN,
        OPEN,
        STOP
    }

    private final MaintenanceOptions options;
    private final InstantSource clock;
    private final Monitor monitor = new Monitor();
    private final EventFeed events = new EventFeed();
    private final Sources sources;
    private final Thread thread;
    private final long startedAt = System.nanoTime();

    // Under the monitor:
    private final Wishes wishes = new Wishes();
    private final List<Drainable> drainables = new ArrayList<>();
    private final DrainHistory history;
    /** Those that are to be opened again, in the order in which they were drained. */
    private final List<Drainable> drained = new ArrayList<>();

    private final Map<String, String> unopened = new LinkedHashMap<>();
    private Admission admission = Admission.OPEN;
    private Instant since;
    private @Nullable Step doing;
    private boolean forGood;
    private boolean stopped;
    private long limit;
    private long retryAt;
    /** The version of the wishes whose drain failed and was undone; -1 if none. */
    private long undone = -1;

    NodeMaintenance(MaintenanceOptions options, InstantSource clock) {
        this.options = options;
        this.clock = clock;
        this.history = new DrainHistory(options.reports());
        this.since = clock.instant();
        this.limit = startedAt + NEVER;
        this.sources = new Sources(monitor, wishes, events, clock);
        wishes.add(HERE, since);
        thread = Thread.ofVirtual().name("signalbox-maintenance").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            for (Step step = next(); step != Step.STOP; step = next()) {
                take(step);
                monitor.run(() -> doing = null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Step next() throws InterruptedException {
        monitor.await(
                () -> {
                    doing = due();
                    return doing != null;
                },
                () -> System.nanoTime() + NEVER);
        return monitor.get(() -> Objects.requireNonNull(doing));
    }

    private void take(Step step) throws InterruptedException {
        if (step == Step.DRAIN) {
            drain();
        } else {
            open();
        }
    }

    /** What brings this node closer to what is wished; null if it is there. Under the monitor. */
    private @Nullable Step due() {
        if (stopped) {
            return Step.STOP;
        }
        return isWished() ? dueClosing() : dueOpening();
    }

    /** Whether there is nothing to do until something changes, and nothing is being done. */
    boolean isAtRest() {
        return monitor.get(() -> stopped || (doing == null && due() == null));
    }

    private boolean isWished() {
        return forGood || wishes.any(clock.instant());
    }

    private @Nullable Step dueClosing() {
        boolean given = undone == wishes.version() && !forGood;
        boolean closed = admission == Admission.CLOSED && undrained().isEmpty();
        return given || closed ? null : Step.DRAIN;
    }

    private @Nullable Step dueOpening() {
        boolean again = !drained.isEmpty() && System.nanoTime() - retryAt >= 0;
        return admission != Admission.OPEN || again ? Step.OPEN : null;
    }

    private List<Drainable> undrained() {
        return inOrder().stream().filter(each -> !drained.contains(each)).toList();
    }

    private List<Drainable> inOrder() {
        return drainables.stream()
                .sorted(Comparator.comparing(Drainable::phase))
                .toList();
    }

    private void drain() throws InterruptedException {
        long version = monitor.get(wishes::version);
        Instant started = clock.instant();
        long begun = System.nanoTime();
        List<ActiveSignal> why = monitor.get(() -> wishes.active(started));
        become(Admission.DRAINING, "draining");
        var run = new DrainRun(monitor, () -> !isWished(), this::undoes, () -> monitor.get(() -> limit));
        Outcome outcome = run.run(monitor.get(this::undrained));
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        monitor.run(() -> {
            drained.addAll(run.begun());
            drained.retainAll(drainables);
            history.add(new DrainReport(history.next(), started, took, outcome, why, run.entries()));
        });
        tellFailures(run);
        settle(outcome, version);
    }

    private boolean undoes() {
        return options.onFailure() == FailurePolicy.UNDO && monitor.get(() -> !forGood);
    }

    private void settle(Outcome outcome, long version) {
        boolean failed = outcome == Outcome.OVERDUE || outcome == Outcome.FAILED;
        if (failed && undoes()) {
            monitor.run(() -> undone = version);
            open();
        } else if (outcome == Outcome.CANCELLED) {
            open();
        } else {
            become(Admission.CLOSED, "closed");
        }
    }

    private void tellFailures(DrainRun run) {
        run.entries().stream()
                .filter(entry -> entry.outcome() == Outcome.FAILED || entry.outcome() == Outcome.OVERDUE)
                .forEach(entry -> tell(
                        MaintenanceEvent.Kind.HEALTH,
                        entry.name(),
                        "not drained",
                        Map.of("outcome", entry.outcome().name(), "left", Long.toString(entry.left()))));
    }

    /** The last to be drained is opened first. One that fails does not keep the others from it. */
    private void open() {
        if (admission() != Admission.OPEN) {
            become(Admission.DRAINING, "opening");
        }
        for (Drainable each : monitor.get(() -> List.copyOf(drained)).reversed()) {
            resume(each);
        }
        monitor.run(() -> retryAt = System.nanoTime() + RETRY.toNanos());
        if (admission() != Admission.OPEN) {
            become(Admission.OPEN, "open");
        }
    }

    private void resume(Drainable each) {
        try {
            each.resume();
            monitor.run(() -> {
                drained.remove(each);
                unopened.remove(each.name());
            });
        } catch (RuntimeException | Error e) {
            LOG.warn("{} could not be opened again; trying once a second", each.name(), e);
            monitor.run(() -> unopened.put(each.name(), "could not be opened again: " + e));
            tell(MaintenanceEvent.Kind.HEALTH, each.name(), "not opened", Map.of());
        }
    }

    /** Told under the monitor, so that one who has awaited a state finds its event before any later one. */
    private void become(Admission changed, String word) {
        monitor.run(() -> {
            admission = changed;
            since = clock.instant();
            tell(MaintenanceEvent.Kind.MAINTENANCE, ITSELF, word, Map.of("admission", changed.name()));
        });
        LOG.info("maintenance: {}", word);
    }

    private void tell(MaintenanceEvent.Kind kind, String source, String what, Map<String, String> details) {
        events.publish(new MaintenanceEvent(clock.instant(), kind, source, what, details));
    }

    @Override
    public void add(Drainable drainable) {
        monitor.run(() -> {
            if (drainables.stream().anyMatch(each -> each.name().equals(drainable.name()))) {
                throw new IllegalArgumentException("a participant is already named " + drainable.name());
            }
            drainables.add(drainable);
        });
    }

    @Override
    public boolean remove(String drainable) {
        return monitor.get(() -> {
            drained.removeIf(each -> each.name().equals(drainable));
            unopened.remove(drainable);
            history.forget(drainable);
            return drainables.removeIf(each -> each.name().equals(drainable));
        });
    }

    @Override
    public void add(SignalSource source) {
        sources.add(source);
    }

    @Override
    public boolean removeSource(String source) {
        return sources.remove(source);
    }

    @Override
    public void enter(Signal signal) {
        sources.said(HERE, Optional.of(signal));
    }

    @Override
    public void leave() {
        sources.said(HERE, Optional.empty());
    }

    @Override
    public Admission admission() {
        return monitor.get(() -> admission);
    }

    @Override
    public MaintenanceStatus status() {
        Map<String, Long> underWay = new LinkedHashMap<>();
        Map<String, String> problems = new LinkedHashMap<>();
        for (Drainable each : monitor.get(this::inOrder)) {
            underWay.put(each.name(), each.underWay());
            each.problem().ifPresent(problem -> problems.put(each.name(), problem));
        }
        return monitor.get(() -> {
            problems.putAll(unopened);
            return new MaintenanceStatus(
                    admission, since, wishes.active(clock.instant()), wishes.sources(), underWay, problems);
        });
    }

    @Override
    public Duration retryAfter() {
        Duration least = Duration.ofSeconds(1);
        return monitor.get(() -> wishes.remaining(clock.instant()))
                .map(rest -> rest.compareTo(least) < 0 ? least : rest)
                .orElse(options.retryAfter());
    }

    @Override
    public boolean await(Admission wanted, Duration within) throws InterruptedException {
        long end = System.nanoTime() + within.toNanos();
        return monitor.await(() -> admission == wanted, () -> end);
    }

    @Override
    public DrainPlan dryRun() {
        List<DrainPlan.Step> steps = monitor.get(this::inOrder).stream()
                .map(each -> new DrainPlan.Step(
                        each.name(),
                        each.phase(),
                        each.underWay(),
                        each.deadline(),
                        monitor.get(() -> history.statsOf(each.name())).last()))
                .toList();
        return DrainPlan.of(steps);
    }

    @Override
    public List<DrainReport> reports() {
        return monitor.get(history::reports);
    }

    @Override
    public Map<String, DrainableStats> stats() {
        return monitor.get(() -> {
            Map<String, DrainableStats> all = new LinkedHashMap<>();
            inOrder().forEach(each -> all.put(each.name(), history.statsOf(each.name())));
            return all;
        });
    }

    @Override
    public Subscription subscribe(Predicate<MaintenanceEvent> filter, Consumer<MaintenanceEvent> listener) {
        return events.subscribe(filter, listener);
    }

    @Override
    public void publish(MaintenanceEvent event) {
        events.publish(event);
    }

    @Override
    public Optional<MaintenanceEvent> lastEvent() {
        return events.last();
    }

    @Override
    public Optional<DrainReport> shutdown(Duration within) throws InterruptedException {
        long end = System.nanoTime() + within.toNanos();
        long first = monitor.get(history::next);
        monitor.run(() -> {
            forGood = true;
            limit = end - limit < 0 ? end : limit;
        });
        // A participant that ignores its deadline and its interrupt takes both graces, in each phase.
        long patience = 2L * Phase.values().length * DrainRun.GRACE.toNanos();
        monitor.await(this::isAtRest, () -> end + patience);
        return monitor.get(() -> history.latest(first));
    }

    @Override
    public void close() {
        monitor.run(() -> stopped = true);
        sources.close();
        thread.interrupt();
        events.close();
    }
}
