package dev.signalbox.ha.lease;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The algorithm of an election, without threads: {@link #step} renews or asks, {@link #expire} ends a term whose deadline has passed
 * even while a step hangs in the store.
 *
 * <p>Steps are taken by one thread at a time; all else is thread-safe.
 */
final class Candidate {
    /** What is told of it, by the thread on which it happens; must return at once. */
    interface Events {
        void elected(Tenure tenure);

        void lost(Tenure tenure, LossReason reason);

        void leader(Optional<String> owner);

        /** The store failed; empty: it works. */
        void problem(Optional<RuntimeException> failure);

        /** Whether all that was told of earlier terms has been dealt with. */
        boolean isIdle();
    }

    private final Keeper keeper;
    private final LeaseOptions options;
    private final Clocks clocks;
    private final RandomGenerator random;
    private final Events events;
    private final AtomicReference<@Nullable Tenure> current = new AtomicReference<>();
    private final AtomicReference<@Nullable Deadline> aside = new AtomicReference<>();
    private volatile boolean down;

    Candidate(Keeper keeper, LeaseOptions options, Clocks clocks, RandomGenerator random, Events events) {
        this.keeper = keeper;
        this.options = options;
        this.clocks = clocks;
        this.random = random;
        this.events = events;
    }

    /** The term, while it is held. */
    Optional<Tenure> tenure() {
        return Optional.ofNullable(current.get()).filter(Tenure::isHeld);
    }

    /** Whether there is a term that has not been ended. */
    boolean isLeading() {
        return current.get() != null;
    }

    /** Returns how long to wait for the next step. */
    Duration step() {
        Tenure held = current.get();
        try {
            Duration wait = held == null ? contest() : keep(held);
            events.problem(Optional.empty());
            return wait;
        } catch (RuntimeException e) {
            events.problem(Optional.of(e));
            return held == null ? jittered(options.poll()) : options.retryEvery();
        }
    }

    private Duration keep(Tenure held) {
        if (held.isHeld() && keeper.renew(held) == Keeper.Renewal.RENEWED) {
            return options.renewEvery();
        }
        lose(held, held.isHeld() ? LossReason.REVOKED : LossReason.EXPIRED);
        return Duration.ZERO;
    }

    private Duration contest() {
        if (down) {
            events.leader(keeper.holder().map(LeaseState::owner));
            return options.poll();
        }
        if (!events.isIdle() || isAside()) {
            return options.poll();
        }
        Keeper.Attempt attempt = keeper.acquire();
        attempt.tenure().ifPresent(this::begin);
        attempt.holder().ifPresent(holder -> events.leader(Optional.of(holder.owner())));
        return attempt.holder()
                .map(holder -> jittered(shorter(options.poll(), holder.remaining())))
                .orElse(attempt.tenure().isPresent() ? options.renewEvery() : options.retryEvery());
    }

    private void begin(Tenure tenure) {
        tellBegin(tenure);
        // Race: standDown() may have looked for a term a moment before this one began.
        if (down) {
            giveUp(LossReason.HANDED_OVER);
        }
    }

    /** Synchronized with the end, so that nobody tells that before the beginning. */
    private synchronized void tellBegin(Tenure tenure) {
        current.set(tenure);
        events.leader(Optional.of(tenure.owner()));
        events.elected(tenure);
    }

    /** No term begins from now on, and one that just did is given up by the thread of the steps. */
    void standDown() {
        down = true;
    }

    void standAgain() {
        down = false;
    }

    /** Ends a term whose deadline has passed. */
    void expire() {
        Tenure held = current.get();
        if (held != null && !held.isHeld()) {
            lose(held, LossReason.EXPIRED);
        }
    }

    /** Ends the term and releases the lease; others get the first chance at it. Returns whether there was one. */
    boolean handOver() {
        aside.set(Deadline.in(options.standAside(), clocks));
        return giveUp(LossReason.HANDED_OVER);
    }

    /** Ends the term and releases the lease. Returns whether there was one. */
    boolean giveUp(LossReason reason) {
        Tenure held = current.get();
        if (held == null || !lose(held, reason)) {
            return false;
        }
        keeper.release(held);
        return true;
    }

    private synchronized boolean lose(Tenure held, LossReason reason) {
        boolean first = held.end();
        current.compareAndSet(held, null);
        if (first) {
            events.leader(Optional.empty());
            events.lost(held, reason);
        }
        return first;
    }

    /** One that handed over waits until another leads, or its time is over. */
    private boolean isAside() {
        Deadline until = aside.get();
        if (until == null) {
            return false;
        }
        Optional<String> other = keeper.holder().map(LeaseState::owner).filter(owner -> !owner.equals(keeper.owner()));
        boolean over = other.isPresent() || until.hasPassed(clocks);
        if (over) {
            aside.set(null);
        }
        return !over;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Between four fifths of the wait and all of it, so that waiting nodes do not all ask at once. */
    private Duration jittered(Duration wait) {
        return Duration.ofNanos(Math.max(1_000_000, (long) (wait.toNanos() * (0.8 + 0.2 * random.nextDouble()))));
    }
}
