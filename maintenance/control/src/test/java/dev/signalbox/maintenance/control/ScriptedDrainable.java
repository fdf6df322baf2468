package dev.signalbox.maintenance.control;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A participant that notes what it is told, and does as a test says. Thread-safe. */
final class ScriptedDrainable implements Drainable {
    private final String name;
    private final Phase phase;
    private final List<String> log;
    private volatile CountDownLatch work = new CountDownLatch(0);
    private volatile Duration deadline = Duration.ofSeconds(60);
    private volatile boolean deaf;
    private volatile Runnable whenDrained = () -> {};
    final AtomicInteger drainFailures = new AtomicInteger();
    final AtomicInteger resumeFailures = new AtomicInteger();
    volatile Optional<String> problem = Optional.empty();

    /** @param log shared by all participants of a test; must be thread-safe */
    ScriptedDrainable(String name, Phase phase, List<String> log) {
        this.name = name;
        this.phase = phase;
        this.log = log;
    }

    /** From now on it has work under way, until {@link #finish}. */
    ScriptedDrainable busy() {
        if (work.getCount() == 0) { // a drain may be waiting for the one before
            work = new CountDownLatch(1);
        }
        return this;
    }

    void finish() {
        work.countDown();
    }

    ScriptedDrainable within(Duration changed) {
        deadline = changed;
        return this;
    }

    /** It ignores its deadline and its interrupt, until {@link #finish}. */
    ScriptedDrainable deaf() {
        deaf = true;
        return busy();
    }

    /** Runs when it has drained, before it says so. */
    ScriptedDrainable whenDrained(Runnable action) {
        whenDrained = action;
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Phase phase() {
        return phase;
    }

    @Override
    public Duration deadline() {
        return deadline;
    }

    @Override
    public long drain(Duration within) throws InterruptedException {
        log.add("drain " + name);
        if (takeOne(drainFailures)) {
            throw new IllegalStateException("scripted");
        }
        while (deaf && work.getCount() > 0) {
            awaitDeaf();
        }
        if (!work.await(within.toNanos(), TimeUnit.NANOSECONDS)) {
            return work.getCount();
        }
        log.add("drained " + name);
        whenDrained.run();
        return 0;
    }

    private static boolean takeOne(AtomicInteger failures) {
        return failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    private void awaitDeaf() {
        try {
            work.await();
        } catch (InterruptedException ignored) {
            log.add("ignored an interrupt: " + name);
        }
    }

    @Override
    public void cut() {
        log.add("cut " + name);
    }

    @Override
    public void resume() {
        if (takeOne(resumeFailures)) {
            throw new IllegalStateException("scripted");
        }
        log.add("resume " + name);
    }

    @Override
    public long underWay() {
        return work.getCount();
    }

    @Override
    public Optional<String> problem() {
        return problem;
    }
}
