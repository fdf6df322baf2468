package dev.signalbox.delivery.queue;

import dev.signalbox.database.DatabaseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel's work on one node: claims, has it sent, hands the verdicts on. A lane knows nothing of the others, so one whose
 * sender is slow, broken or poisoned holds up none of them. Thread-safe.
 */
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(4);
    private static final Duration LONG_PAUSE = Duration.ofSeconds(30);
    private static final Duration OUTAGE_PAUSE = Duration.ofMillis(250);

    /** How soon a lane that waits for a place notices that it is to stop. */
    private static final Duration PLACE_PAUSE = Duration.ofMillis(100);

    private final Terms terms;
    private final LaneContext context;
    private final Time time;
    private final Rules rules;
    private final Completer completer;
    private final Control control;
    private final Attempts attempts;
    private final LaneBreaker breaker;
    private final Throttle throttle;
    private final Holds holds;
    private final WakeUp wakeUp = new WakeUp();

    /** Free places for entries that are claimed and not on record yet. */
    private final Semaphore window;

    private final int windowSize;

    private final Claims claims;
    private final HeldLeases leases;

    Lane(Sender sender, Terms terms, LaneContext context) {
        this.terms = terms;
        this.context = context;
        this.time = context.time();
        this.rules = context.rules();
        this.completer = context.completer();
        this.control = context.control();
        this.attempts = new Attempts(sender, terms, context, this::ended);
        this.breaker = new LaneBreaker(
                terms.channel(),
                context.options().retry().maxRetryAfter(),
                terms.sharesProvider() ? context.options().breaker() : 0,
                wakeUp::signal);
        this.throttle = new Throttle(
                context.database(), time, context.options().limits().of(terms.channel()));
        this.holds = new Holds(terms.channel(), throttle, context.options().quiet(), time);
        this.claims = new Claims(terms, context, throttle.limits());
        this.leases = new HeldLeases(context.store(), time);
        this.windowSize = windowSize(terms, context.options());
        this.window = new Semaphore(windowSize);
    }

    /** How many messages a lane holds at most: claimed, and not on record yet. */
    static int windowSize(Terms terms, DispatchOptions options) {
        return 4 * Math.max(options.batch(), terms.concurrency());
    }

    Channel channel() {
        return terms.channel();
    }

    Terms terms() {
        return terms;
    }

    void wake() {
        wakeUp.signal();
    }

    /** Holds the lane back, or lets it go on, as the database says. */
    void paused(boolean paused) {
        if (throttle.paused(paused)) {
            claims.forget();
            wakeUp.signal();
        }
    }

    /** Removes what its limits need no more. */
    void tidy(long now) {
        throttle.tidy(now);
    }

    /** What keeps this lane from sending, in words. */
    Optional<String> problem() {
        if (throttle.isPaused()) {
            return Optional.of("channel " + channel() + " is paused on all nodes by an operator, until it is resumed");
        }
        Optional<String> refused = breaker.reason();
        if (refused.isPresent()) {
            return refused.map(reason -> "channel " + channel() + " is paused on this node, since " + reason);
        }
        int stuck = attempts.stuck();
        return stuck == 0
                ? Optional.empty()
                : Optional.of("channel " + channel() + ": " + stuck + " of " + terms.concurrency()
                        + " attempts overran their timeout, ignore interrupts and keep their places");
    }

    /** Whether messages of this channel may be sent now or soon. */
    boolean serves() {
        return breaker.reason().isEmpty() && !attempts.isStuck();
    }

    /** Before this time, as {@link Micros}, this lane expects no message that waits. */
    long mark() {
        return claims.mark();
    }

    /** The loop of the continuous mode. */
    void run() throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (!control.isStopped()) {
            if (!mayClaim()) {
                wakeUp.await(LONG_PAUSE);
                continue;
            }
            Duration held = breaker.remaining(time.ticks());
            if (held.isPositive()) {
                wakeUp.await(held);
                continue;
            }
            int claimed = claimAndSend();
            if (claimed > 0) {
                pause = FIRST_PAUSE;
            } else if (claimed == 0) {
                // After the last work it looks again soon, then less and less, and in the end only when it is told.
                Duration poll = context.options().poll();
                wakeUp.await(throttle.rest(pause.compareTo(poll) < 0 ? pause : LONG_PAUSE));
                pause = pause.compareTo(poll) < 0 ? pause.plus(pause) : pause;
            } else {
                wakeUp.await(OUTAGE_PAUSE);
            }
        }
    }

    private boolean mayClaim() {
        return control.isClaiming() && !throttle.isPaused();
    }

    private int claimAndSend() throws InterruptedException {
        int room = room();
        int limit = room == 0 ? 0 : breaker.allow(room, time.ticks());
        window.acquire(limit);
        int claimed = 0;
        try {
            HeldLease lease = limit == 0 ? HeldLease.NONE : claim(limit);
            claimed = lease.entries().size();
            send(lease, permitted(lease));
            return claimed;
        } catch (DatabaseException e) {
            context.outage().began(e);
            return -1;
        } catch (RuntimeException e) {
            // A fault in this module: other lanes go on.
            LOG.error("the loop that sends over channel {} failed; trying again", channel(), e);
            return -1;
        } finally {
            window.release(limit - claimed);
        }
    }

    /**
     * Claims one batch and attempts it, one after the other, on the caller's thread. Claims nothing while the outcomes of
     * earlier ones still wait for the database.
     */
    int runOnce() {
        long ticks = time.ticks();
        int limit = context.journal().hasPast()
                ? 0
                : breaker.allow(context.options().batch(), ticks);
        if (limit == 0) {
            return 0;
        }
        if (!window.tryAcquire(limit)) {
            breaker.unused(ticks);
            return 0;
        }
        int claimed = 0;
        try {
            HeldLease lease = claim(limit);
            claimed = lease.entries().size();
            permitted(lease).forEach(entry -> attempt(new Flight(lease, entry)));
            return claimed;
        } finally {
            window.release(limit - claimed);
        }
    }

    /**
     * How many to claim. Where the provider recognises repeats, or the journal says what was begun, there is some in hand, so
     * that senders need not wait for the database. Otherwise each claimed message would have to be parked if this node died, so
     * none is claimed that cannot be begun at once.
     */
    private int room() throws InterruptedException {
        if (context.journal().hasPast()) {
            return 0;
        }
        while (!attempts.takePlace(OUTAGE_PAUSE)) {
            if (!mayClaim()) {
                return 0;
            }
        }
        attempts.leavePlace(); // Only this loop takes places, so there are at least as many as now.
        boolean hasStock = throttle.allowsStock()
                && (!terms.keyLifetime().isZero() || context.journal().isKept());
        int most = hasStock ? 4 * terms.concurrency() : attempts.freePlaces();
        return Math.min(most, context.options().batch());
    }

    private HeldLease claim(int limit) {
        long ticks = time.ticks();
        HeldLease lease = claims.take(limit);
        if (lease.entries().isEmpty()) {
            breaker.unused(ticks);
        } else {
            leases.add(lease);
            context.listener().claimed(channel(), lease.entries().size());
        }
        return lease;
    }

    /** Begins what there is a place for. The rest goes back if this node is to stop, or its sender will not give places free. */
    private void send(HeldLease lease, List<Claimed> entries) throws InterruptedException {
        int begun = 0;
        try {
            while (begun < entries.size() && awaitPlace()) {
                Flight flight = new Flight(lease, entries.get(begun));
                attempts.start(flight, () -> attempt(flight));
                begun++;
            }
        } finally {
            release(lease, entries.subList(begun, entries.size()));
        }
    }

    private boolean awaitPlace() throws InterruptedException {
        while (mayClaim() && !attempts.isStuck()) {
            if (attempts.takePlace(PLACE_PAUSE)) {
                if (mayClaim()) {
                    return true;
                }
                attempts.leavePlace(); // Race: the pause came while this waited for the place.
            }
        }
        return false;
    }

    /** Without those that have to wait: for the end of quiet hours, or of a recipient's limit. */
    private List<Claimed> permitted(HeldLease lease) {
        try {
            Map<Claimed, Holds.Hold> held = holds.of(lease);
            held.forEach((entry, hold) -> completer.add(
                    this, lease, rules.held(entry, hold.reason(), hold.rest(), time.now(), terms.keyLifetime())));
            return lease.entries().stream()
                    .filter(entry -> !held.containsKey(entry))
                    .toList();
        } catch (DatabaseException e) {
            release(lease, lease.entries());
            throw e;
        }
    }

    private void release(HeldLease lease, List<Claimed> rest) {
        throttle.refund(rest.size(), lease.id());
        rest.forEach(claimed -> {
            claims.forget();
            completer.add(this, lease, rules.released(claimed, time.now()));
        });
    }

    private void attempt(Flight flight) {
        HeldLease lease = flight.lease();
        Claimed claimed = flight.claimed();
        Verdict prevented = rules.prevented(claimed, time.now(), terms.keyLifetime());
        long needed = Micros.of(context.options().margin()) + Micros.of(terms.timeout());
        if (lease.isLost()) {
            settled(lease, claimed.ticket().id(), claimed.ticket().attempt() + 1);
        } else if (prevented != null) {
            throttle.refund(1, lease.id());
            completer.add(this, lease, prevented);
        } else if (lease.validUntil() - time.ticks() <= needed) {
            throttle.refund(1, lease.id());
            completer.add(this, lease, rules.released(claimed, time.now()));
        } else {
            attempts.send(flight, remaining(claimed));
        }
    }

    private Duration remaining(Claimed claimed) {
        long deadline = claimed.ticket().deadline();
        Duration left = Duration.ofNanos((deadline - time.now()) * 1_000);
        return deadline == Micros.NONE || left.compareTo(terms.timeout()) > 0 ? terms.timeout() : left;
    }

    private void ended(Flight flight, SendResult result) {
        long now = time.now();
        Claimed claimed = flight.claimed();
        boolean denied = flight.isDenied() && result instanceof SendResult.NotSent;
        completer.add(
                this,
                flight.lease(),
                denied
                        ? rules.released(claimed, now)
                        : rules.attempted(
                                claimed,
                                breaker.judged(result, flight.hasAsked(), time.ticks()),
                                flight.startedAt(),
                                now,
                                terms));
    }

    void watch() {
        attempts.watch();
    }

    void interruptAll() {
        attempts.interruptAll();
    }

    void renew() {
        leases.renew(Micros.of(context.options().leaseFor(terms)));
    }

    /** One entry less that needs this node's attention. */
    void settled(HeldLease lease, UUID id, int attempt) {
        context.journal().settle(id, attempt);
        leases.settled(lease);
        window.release();
        if (throttle.limitsConcurrency()) {
            wakeUp.signal();
        }
    }

    void recorded(Verdict verdict) {
        if (verdict.outcome().result() == Outcome.Result.UNREADABLE) {
            context.listener().quarantined(channel(), 1);
        }
        context.listener().completed(channel(), verdict.outcome().state());
    }

    void stale(Verdict verdict) {
        LOG.warn(
                "the outcome {} of {} came too late and was refused: its lease had run out and gone to another node",
                verdict.outcome().result(),
                verdict.outcome().id());
        context.listener().stale(channel(), 1);
    }

    /** Waits until nothing is claimed, in flight, or waiting for the record; false if that took too long. */
    boolean awaitQuiet(Duration longest) throws InterruptedException {
        boolean quiet = window.tryAcquire(windowSize, longest.toNanos(), TimeUnit.NANOSECONDS);
        if (quiet) {
            window.release(windowSize);
        }
        return quiet;
    }

    Verdict rescued(Store.Orphan orphan, long now) {
        return rules.rescued(orphan.claimed(), orphan.claimedAt(), now, terms);
    }
}
