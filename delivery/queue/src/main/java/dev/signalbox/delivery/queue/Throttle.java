package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What holds one lane back on all nodes: pauses, and the limits of the cluster. A lane without limits asks the database for
 * nothing here. Thread-safe.
 */
final class Throttle {
    private static final Logger LOG = LoggerFactory.getLogger(Throttle.class);
    static final String REASON = "its recipient has had as many messages as the limit of this channel allows for now";

    private static final Duration TIDY = Duration.ofMinutes(1);
    private static final int BITE = 1_000;

    private final Database database;
    private final Time time;
    private final LaneLimits limits;
    private final List<LaneLimits.Budget> budgets;
    private final Rows rows;
    private volatile boolean paused;

    /** When it was last tidied, in ticks. Only the heartbeat touches it. */
    private long tidiedAt;

    Throttle(Database database, Time time, LaneLimits limits) {
        this.database = database;
        this.time = time;
        this.limits = limits;
        this.budgets = limits.budgets();
        this.rows = new Rows(database.dialect());
        this.tidiedAt = time.ticks();
    }

    LaneLimits limits() {
        return limits;
    }

    boolean isPaused() {
        return paused;
    }

    /** Takes over what the database says; returns whether a pause has ended. */
    boolean paused(boolean now) {
        boolean ended = paused && !now;
        paused = now;
        return ended;
    }

    /** Whether a lane may claim more than it can begin at once. What is taken of a limit is to be sent at once. */
    boolean allowsStock() {
        return limits.isFree();
    }

    boolean limitsConcurrency() {
        return limits.concurrency().isPresent();
    }

    /** How long to wait after a claim that found nothing: until a budget that is used up begins anew, or as usual. */
    Duration rest(Duration usual) {
        if (budgets.isEmpty()) {
            return usual;
        }
        try {
            long now = time.now();
            long opens = database.read(connection -> Budgets.opensAt(connection, budgets, now));
            return opens <= now ? usual : Duration.ofNanos((opens - now) * 1_000);
        } catch (DatabaseException e) {
            LOG.debug("the limits of {} could not be read; the next claim tells", limits.lane(), e);
            return usual;
        }
    }

    /** Counts an attempt for the recipients of these entries of a lease; returns those that have to wait, and how long. They take no budget. */
    Map<Claimed, Duration> denied(List<Claimed> entries, UUID lease) {
        if (limits.recipients().isEmpty() || entries.isEmpty()) {
            return Map.of();
        }
        Rate rate = limits.recipients().get();
        long now = time.now();
        Map<Claimed, Duration> denied =
                database.transact(connection -> Recipients.spend(connection, database.dialect(), entries, rate, now));
        refund(denied.size(), lease);
        return denied;
    }

    /** Gives back what was claimed under a lease and is not sent. If that fails, so many fewer are sent in this interval. */
    void refund(int count, UUID lease) {
        if (budgets.isEmpty() || count == 0) {
            return;
        }
        try {
            database.transact(connection -> Budgets.refund(connection, rows, budgets, count, lease));
        } catch (DatabaseException e) {
            LOG.debug("{} of the limits of {} could not be given back", count, limits.lane(), e);
        }
    }

    /** Forgets recipients whose interval is over; a bounded number, and not often. */
    void tidy(long now) {
        if (limits.recipients().isEmpty() || time.ticks() - tidiedAt < Micros.of(TIDY)) {
            return;
        }
        long endedBefore = now - Micros.of(limits.recipients().get().interval());
        int forgotten = database.transact(
                connection -> Recipients.forget(connection, database.dialect(), limits.lane(), endedBefore, BITE));
        tidiedAt = forgotten < BITE ? time.ticks() : tidiedAt;
    }
}
