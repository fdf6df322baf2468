package dev.signalbox.ha.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A node: its clocks, its candidate, and what it was told. */
final class SimulatedNode implements Candidate.Events {
    private final SimulatedWorld world;
    private final LeaseSimulation simulation;
    final Candidate candidate;
    final String owner;
    private @Nullable Tenure term;
    private long monotonicBehind;
    private long wallSkew;
    private long stoppedUntil;
    private long listenerBusyUntil;
    private boolean crashed;
    int terms;

    SimulatedNode(SimulatedWorld world, LeaseSimulation simulation, String owner) {
        this.world = world;
        this.simulation = simulation;
        this.owner = owner;
        Clocks clocks = new Clocks(
                () -> world.now() - monotonicBehind, () -> world.wall().plusNanos(wallSkew));
        Keeper keeper = new Keeper(
                simulation.storeOf(this, clocks.nanos()), LeaseSimulation.NAME, owner, LeaseSimulation.OPTIONS, clocks);
        candidate = new Candidate(keeper, LeaseSimulation.OPTIONS, clocks, world.random.split(), this);
        world.after(world.span(0.2), this::step);
    }

    private void step() {
        if (crashed) {
            return;
        }
        awaitResumed();
        Duration wait = candidate.step();
        world.after(Math.max(1_000_000, wait.toNanos()), this::step);
    }

    /** A stopped process sees an answer only when it goes on. */
    void awaitResumed() {
        while (stoppedUntil > world.now()) {
            world.elapse(stoppedUntil - world.now());
        }
    }

    boolean isStopped() {
        return stoppedUntil > world.now();
    }

    void watchDeadline() {
        if (!crashed && !isStopped()) {
            candidate.expire();
        }
    }

    /** SIGSTOP: time goes on by all clocks. */
    void stop(long nanos) {
        stoppedUntil = world.now() + nanos;
    }

    /** The monotonic clock stands still meanwhile, as seen from inside. */
    void suspend(long nanos) {
        stop(nanos);
        world.elapse(nanos);
        monotonicBehind += nanos;
    }

    void jumpWallClock(long nanos) {
        wallSkew += nanos;
    }

    void crash() {
        crashed = true;
    }

    boolean isCrashed() {
        return crashed;
    }

    @Override
    public void elected(Tenure tenure) {
        assertThat(term == null).as("told of one term at a time").isTrue();
        assertThat(tenure.isHeld()).as("held when it begins").isTrue();
        assertThat(isIdle())
                .as("the listener has finished with the term before")
                .isTrue();
        term = tenure;
        terms++;
        listenerBusyUntil = world.chance(0.1) ? world.now() + world.span(0.5) : 0;
    }

    @Override
    public void lost(Tenure tenure, LossReason reason) {
        assertThat(tenure.equals(term))
                .as("told once of the end of the term that it began")
                .isTrue();
        assertThat(tenure.isHeld()).as("a term has ended when its end is told").isFalse();
        term = null;
        simulation.ended(reason);
        listenerBusyUntil = world.chance(0.1) ? world.now() + world.span(0.5) : 0;
    }

    boolean holds() {
        return candidate.tenure().isPresent();
    }

    boolean isInTerm() {
        return term != null;
    }

    @Override
    public void leader(Optional<String> leader) {}

    @Override
    public void problem(Optional<RuntimeException> failure) {
        failure.filter(problem -> !(problem instanceof LeaseException)).ifPresent(problem -> {
            throw problem;
        });
    }

    @Override
    public boolean isIdle() {
        return world.now() >= listenerBusyUntil;
    }
}
