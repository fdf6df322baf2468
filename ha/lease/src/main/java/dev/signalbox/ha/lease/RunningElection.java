package dev.signalbox.ha.lease;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An election on threads: one takes the steps and may hang in the store, one watches the deadline and never asks the store, one calls
 * the listener. The first two are platform threads, which a pool of busy virtual threads cannot hold up. Thread-safe.
 */
final class RunningElection implements Election, Candidate.Events {
    private static final Logger LOG = LoggerFactory.getLogger(RunningElection.class);

    private final Keeper keeper;
    private final LeaseOptions options;
    private final Candidate candidate;
    private final Callbacks callbacks;
    private final Signal wake = new Signal();
    private final LeaseStore.Watch watch;
    private final Thread steps;
    private final Thread deadlines;
    private volatile @Nullable String problem;
    private volatile boolean closed;

    RunningElection(LeaseStore store, Keeper keeper, LeaseOptions options, Clocks clocks, ElectionListener listener) {
        this.keeper = keeper;
        this.options = options;
        this.callbacks = new Callbacks(listener, keeper.name(), options.ttl());
        this.candidate = new Candidate(keeper, options, clocks, RandomGenerator.getDefault(), this);
        this.watch = store.watch(keeper.name(), wake::give);
        this.steps = daemon("signalbox-lease-", this::takeSteps);
        this.deadlines = daemon("signalbox-lease-deadline-", this::watchDeadlines);
    }

    private Thread daemon(String prefix, Runnable work) {
        return Thread.ofPlatform().daemon().name(prefix + keeper.name()).unstarted(work);
    }

    RunningElection start() {
        steps.start();
        deadlines.start();
        return this;
    }

    private void takeSteps() {
        try {
            while (!closed) {
                wake.await(safeStep());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nobody else would take the steps any more, so not even an error ends this thread. */
    private Duration safeStep() {
        try {
            return candidate.step();
        } catch (Error e) {
            LOG.error("the election '{}' failed at a step and goes on", name(), e);
            return options.retryEvery();
        }
    }

    /** Looks twice within the margin between the deadline and the end of the lease in the store. */
    private void watchDeadlines() {
        try {
            while (!closed) {
                candidate.expire();
                TimeUnit.NANOSECONDS.sleep(options.ttl().dividedBy(20).toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String name() {
        return keeper.name();
    }

    @Override
    public String owner() {
        return keeper.owner();
    }

    @Override
    public Optional<Lease> lease() {
        return candidate.tenure().map(tenure -> tenure);
    }

    @Override
    public Optional<String> leader() {
        return callbacks.leader();
    }

    @Override
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    @Override
    public boolean handOver(Duration drain) throws InterruptedException {
        Optional<Tenure> held = candidate.tenure();
        if (held.isEmpty()) {
            return false;
        }
        await(callbacks.resigning(held.get()), drain);
        boolean released = candidate.handOver();
        // The next step was due at the next renewal: by then the term of another may have ended unseen, and this node
        // would stand aside on.
        wake.give();
        return released;
    }

    @Override
    public boolean standDown(Duration drain) throws InterruptedException {
        candidate.standDown();
        return handOver(drain);
    }

    @Override
    public void standAgain() {
        candidate.standAgain();
        wake.give();
    }

    private void await(CompletableFuture<Void> drained, Duration most) throws InterruptedException {
        try {
            drained.get(most.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.warn(
                    "what the leader of '{}' was doing did not finish within {}; the lease is handed over all the same",
                    name(),
                    most);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a listener's end is never a failure", e);
        }
    }

    @Override
    public void elected(Tenure tenure) {
        LOG.info("this node leads '{}' with epoch {}", name(), tenure.epoch());
        callbacks.elected(tenure);
    }

    @Override
    public void lost(Tenure tenure, LossReason reason) {
        LOG.info("this node does not lead '{}' any more: {}", name(), reason);
        callbacks.lost(tenure, reason);
    }

    @Override
    public void leader(Optional<String> owner) {
        callbacks.leader(owner);
    }

    @Override
    public void problem(Optional<RuntimeException> failure) {
        String before = problem;
        problem = failure.map(e -> String.valueOf(e.getMessage())).orElse(null);
        if (failure.isPresent() && before == null) {
            LOG.warn("the leases of '{}' cannot be asked for: {}", name(), problem);
        } else if (failure.isEmpty() && before != null) {
            LOG.info("the leases of '{}' can be asked for again", name());
        }
    }

    @Override
    public boolean isIdle() {
        return callbacks.isIdle();
    }

    @Override
    public void close() {
        closed = true;
        watch.close();
        steps.interrupt();
        deadlines.interrupt();
        awaitSteps();
        candidate.giveUp(LossReason.CLOSED);
        callbacks.close();
    }

    /** A step that hangs in the store is left behind; what it may still take runs out by itself. */
    private void awaitSteps() {
        try {
            if (!Thread.currentThread().equals(steps) && !steps.join(options.ttl())) {
                LOG.warn(
                        "the lease store did not answer within {} when the election '{}' was closed",
                        options.ttl(),
                        name());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
