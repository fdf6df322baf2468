package dev.signalbox.observatory;

import dev.signalbox.observatory.Outcome.Accepted;
import dev.signalbox.observatory.Outcome.Later;
import dev.signalbox.observatory.Outcome.Refused;
import dev.signalbox.observatory.Outcome.Unacceptable;
import dev.signalbox.observatory.Outcome.Unauthorized;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ships what is in a lane: one turn of a lane at a time, beside which a {@link LaneSpooler} may have its turn. Both agree about
 * what is on its way under {@link Lane#lock}.
 */
final class LaneShipper {
    private static final Logger LOG = LoggerFactory.getLogger(Observatory.class);
    private static final int BATCHES_A_TURN = 64;
    private static final long DISK_PAUSE = Duration.ofSeconds(1).toNanos();
    /** So often a folder for dead letters that does not take them is tried, before what was refused is dropped. */
    private static final int DEAD_LETTER_TRIES = 6;
    /**
     * So long records are kept for a context whose token is refused. Requests name contexts, and each keeps memory and one of
     * the places for contexts: without a bound, requests with wrong tokens would use them up.
     */
    private static final long LONGEST_UNAUTHORIZED = Duration.ofMinutes(10).toNanos();

    private final ObservatoryOptions options;
    private final HttpExporter exporter;
    private final @Nullable DeadLetterFolder deadLetters;
    private final MemoryBudget memory;
    private final Counters counters;
    private final Notifier settled;
    private final LongSupplier ticker;
    private final LaneSpooler spooler;
    private final Batch.Ids ids;
    private volatile boolean stopped;

    LaneShipper(
            ObservatoryOptions options,
            HttpExporter exporter,
            @Nullable DeadLetterFolder deadLetters,
            MemoryBudget memory,
            Counters counters,
            Notifier settled,
            LongSupplier ticker,
            LaneSpooler spooler,
            Batch.Ids ids) {
        this.options = options;
        this.exporter = exporter;
        this.deadLetters = deadLetters;
        this.memory = memory;
        this.counters = counters;
        this.settled = settled;
        this.ticker = ticker;
        this.spooler = spooler;
        this.ids = ids;
    }

    /** No further request is begun, and nothing that a request under way says is believed. */
    void stop() {
        stopped = true;
    }

    /** Ships batches until there is none, or the destination fails, or others should have their turn. */
    void ship(Lane lane) throws InterruptedException {
        lane.hurried.set(false);
        for (int i = 0; i < BATCHES_A_TURN && !stopped; i++) {
            var batch = next(lane, i == 0);
            if (batch == null) {
                return;
            }
            lane.shippingSince = ticker.getAsLong();
            var outcome = exporter.export(lane.destination, batch);
            if (stopped || !conclude(lane, batch, outcome)) {
                return;
            }
        }
    }

    private @Nullable Batch next(Lane lane, boolean evenPartial) {
        lane.lock.lock();
        try {
            if (lane.inFlight.isEmpty()) {
                var batch = load(lane, evenPartial);
                if (batch != null) {
                    lane.inFlight.add(batch);
                }
            }
            return lane.inFlight.peekFirst();
        } finally {
            lane.unlock();
        }
    }

    private @Nullable Batch load(Lane lane, boolean evenPartial) {
        if (lane.spool != null && lane.hasSpooled()) {
            return fromSpool(lane, lane.spool);
        }
        if (!lane.unspooled.isEmpty()) {
            return lane.unspooled.pollFirst();
        }
        boolean full = lane.queued() >= options.batching().records();
        return (evenPartial || full) && mayShipFromMemory(lane) ? lane.drain(options.batching(), ids.next()) : null;
    }

    private boolean mayShipFromMemory(Lane lane) {
        return lane.spoolBroken
                || options.spool().filter(ObservatoryOptions.Spooling::always).isEmpty();
    }

    private @Nullable Batch fromSpool(Lane lane, LaneSpool spool) {
        try {
            var batch = spool.read();
            long lost = batch == null ? spool.forgetUnread() : spool.takeLost();
            if (lost > 0) {
                LOG.warn("{} records in the spool of {} are damaged and cannot be shipped", lost, lane.destination);
                drop(lane, DropReason.UNREADABLE, (int) lost, 0);
            }
            if (batch == null) {
                spool.tidy();
            }
            lane.spoolUnreadable = false;
            return batch;
        } catch (IOException e) {
            unreadable(lane, e);
            return null;
        }
    }

    /** The disk cannot be used now, for want of file descriptors or rights; what is there is tried again. */
    private void unreadable(Lane lane, IOException e) {
        if (!lane.spoolUnreadable) {
            LOG.warn("the spool of {} cannot be read now and is tried again: {}", lane.destination, e.toString());
        }
        lane.readNotBefore = ticker.getAsLong() + DISK_PAUSE;
        lane.spoolUnreadable = true;
        counters.spoolFailed(e.toString());
    }

    /** @return whether to go on with the next batch */
    private boolean conclude(Lane lane, Batch batch, Outcome outcome) {
        return switch (outcome) {
            case Accepted accepted -> {
                accept(lane, batch, accepted);
                yield true;
            }
            case Unacceptable _
            when batch.size() > 1 -> {
                bisect(lane, batch);
                yield true;
            }
            case Unacceptable why -> reject(lane, batch, why.status(), why.why());
            case Refused why -> reject(lane, batch, why.status(), why.why());
            case Unauthorized why -> unauthorized(lane, batch, why);
            case Later later -> postpone(lane, backoff(lane.failures + 1, later.wish()), later.why());
        };
    }

    private void accept(Lane lane, Batch batch, Accepted accepted) {
        int refused = Math.clamp(accepted.refused(), 0, batch.size());
        recovered(lane);
        lane.proven = true;
        counters.shipped(batch.size() - refused, accepted.bytes(), accepted.took());
        if (refused > 0) {
            counters.dropped(DropReason.REJECTED_BY_SINK, refused);
        }
        finish(lane, batch);
        notice(lane);
    }

    /** Looks for the record that is to blame: one bad one among n costs about 2·log₂ n requests, and itself. */
    private static void bisect(Lane lane, Batch batch) {
        var halves = batch.halves();
        lane.lock.lock();
        try {
            lane.inFlight.pollFirst();
            lane.inFlight.addFirst(halves.getLast());
            lane.inFlight.addFirst(halves.getFirst());
        } finally {
            lane.unlock();
        }
    }

    private static void recovered(Lane lane) {
        if (lane.unauthorizedSince != 0) {
            LOG.info("{} takes records again", lane.destination);
        }
        lane.failures = 0;
        lane.unauthorizedSince = 0;
    }

    /**
     * Keeps what was refused for good among the dead letters. The destination is not told of it: it knows what it refused, and
     * a notice might be refused as well.
     *
     * @return whether to go on with the next batch; if not, the dead letters cannot be written now
     */
    private boolean reject(Lane lane, Batch batch, int status, String why) {
        recovered(lane);
        if (deadLetters == null) {
            counters.dropped(DropReason.REJECTED, batch.size());
        } else {
            try {
                deadLetters.add(lane.destination, batch, status, why);
                lane.deadLetterFailures = 0;
                counters.deadLettered(batch.size(), why);
            } catch (IOException e) {
                boolean full = e instanceof DiskBudget.BoundReachedException;
                if (!full && ++lane.deadLetterFailures < DEAD_LETTER_TRIES) {
                    var wait = backoff(lane.deadLetterFailures, Duration.ZERO);
                    return postpone(lane, wait, "the dead letters cannot be written: " + e);
                }
                LOG.warn("{} refused records cannot be kept as dead letters: {}", batch.size(), e.toString());
                counters.dropped(DropReason.REJECTED, batch.size());
            }
        }
        finish(lane, batch);
        return true;
    }

    /** Nothing is wrong with the records, so they stay until the credentials are accepted again. */
    private boolean unauthorized(Lane lane, Batch batch, Unauthorized why) {
        long now = ticker.getAsLong();
        if (lane.unauthorizedSince == 0) {
            lane.unauthorizedSince = now == 0 ? 1 : now;
            LOG.warn(
                    "{} refuses the token or headers ({}); its records are kept, and tried every {}",
                    lane.destination,
                    why.why(),
                    options.retry().max());
        }
        if (!lane.byDefault && now - lane.unauthorizedSince >= LONGEST_UNAUTHORIZED) {
            long since = lane.unauthorizedSince;
            boolean done = reject(lane, batch, why.status(), why.why());
            lane.unauthorizedSince = since;
            return done;
        }
        return postpone(lane, options.retry().max(), why.why());
    }

    private Duration backoff(int failures, Duration wish) {
        return options.retry().after(failures, wish, ThreadLocalRandom.current());
    }

    /** @return false: the next batch has to wait as well */
    private boolean postpone(Lane lane, Duration wait, String why) {
        lane.notBefore = ticker.getAsLong() + wait.toNanos();
        int failures = lane.failures;
        lane.failures = failures + 1;
        counters.failed(why);
        lane.lock.lock();
        try {
            spooler.unload(lane);
        } finally {
            lane.unlock();
        }
        return false;
    }

    private void finish(Lane lane, Batch batch) {
        lane.lock.lock();
        try {
            // The turn that spools may have written it down meanwhile; that one knows its place.
            var now = lane.inFlight.pollFirst();
            if (now != null && now.place() != null && lane.spool != null) {
                lane.spool.settle(now.place());
            }
        } catch (IOException e) {
            LOG.warn(
                    "what was shipped to {} cannot be marked in its spool; a restart before the next mark ships it again: {}",
                    lane.destination,
                    e.toString());
        } finally {
            lane.unlock();
        }
        memory.give(lane, batch.weight());
        lane.settled.addAndGet(batch.size());
        settled.signal();
    }

    /** Tells the destination what it will never see, now that it listens. @return whether there was anything to tell */
    boolean notice(Lane lane) {
        Map<DropReason, Integer> counts = lane.takeUnreported();
        if (counts.isEmpty()) {
            return false;
        }
        int sum = counts.values().stream().mapToInt(Integer::intValue).sum();
        var record = new LogRecord(
                        Instant.now(), Severity.WARN, sum + " records dropped", "observatory", "", Map.of(), null)
                .with("dropped", String.valueOf(sum))
                .with("reasons", counts.toString());
        memory.force(lane, record.weight());
        lane.taken.incrementAndGet();
        counters.notices.increment();
        lane.add(record);
        return true;
    }

    /** Records that are gone; {@code weight} is what they held of the memory. */
    void drop(Lane lane, DropReason reason, int records, int weight) {
        counters.dropped(reason, records);
        lane.unreported(reason, records);
        memory.give(lane, weight);
        lane.settled.addAndGet(records);
        settled.signal();
    }

    /** Gives up everything that is in memory only. */
    void abandon(Lane lane) {
        if (lane.lock.tryLock()) {
            try {
                lane.inFlight.addAll(lane.unspooled);
                lane.unspooled.clear();
                lane.inFlight.stream()
                        .filter(part -> !part.spooled())
                        .forEach(part -> drop(lane, DropReason.CLOSED, part.size(), part.weight()));
                lane.inFlight.clear();
            } finally {
                lane.unlock();
            }
        }
        for (var record = lane.poll(); record != null; record = lane.poll()) {
            drop(lane, DropReason.CLOSED, 1, record.weight());
        }
    }
}
