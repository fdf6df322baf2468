package dev.signalbox.observatory;

import dev.signalbox.observatory.Outcome.Accepted;
import dev.signalbox.observatory.Outcome.Later;
import dev.signalbox.observatory.Outcome.Refused;
import dev.signalbox.observatory.Outcome.Unacceptable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done with a lane: shipping and spooling. Each is done by one turn at a time; both may run beside each other, and
 * agree about what is on its way under {@link Lane#way}.
 *
 * <p>A lane is a queue of four stretches, the oldest first: {@link Lane#parts} on their way, the spool, {@link Lane#held}
 * for which the disk had no room, and the queue. Parts that came from memory are there only while the spool is empty, so
 * spooling them, and then the last two stretches, never changes the order.
 */
final class Carrier {
    private static final Logger LOG = LoggerFactory.getLogger(Observatory.class);
    private static final int BATCHES_A_TURN = 64;
    private static final int BYTES_A_WRITE = 4 << 20;
    private static final long DISK_PAUSE = Duration.ofSeconds(1).toNanos();

    private final ObservatoryOptions options;
    private final Postman postman;
    private final @Nullable DeadLetterFolder deadLetters;
    private final Room room;
    private final Tally tally;
    private final Bell settled;
    private final Ticker ticker;
    private final String run = UUID.randomUUID().toString();
    private final AtomicLong number = new AtomicLong();
    private volatile boolean stopped;

    Carrier(
            ObservatoryOptions options,
            Postman postman,
            @Nullable DeadLetterFolder deadLetters,
            Room room,
            Tally tally,
            Bell settled,
            Ticker ticker) {
        this.options = options;
        this.postman = postman;
        this.deadLetters = deadLetters;
        this.room = room;
        this.tally = tally;
        this.settled = settled;
        this.ticker = ticker;
    }

    /** No further request is begun, and nothing that a request under way says is believed. */
    void stop() {
        stopped = true;
    }

    // Shipping

    /** Ships batches until there is none, or the destination fails, or others should have their turn. */
    void ship(Lane lane) throws InterruptedException {
        lane.hurried.set(false);
        for (int i = 0; i < BATCHES_A_TURN && !stopped; i++) {
            var batch = next(lane, i == 0);
            if (batch == null) {
                return;
            }
            lane.shippingSince = ticker.nanos();
            var outcome = postman.post(lane.destination, batch);
            if (stopped || !conclude(lane, batch, outcome)) {
                return;
            }
        }
    }

    private @Nullable Batch next(Lane lane, boolean evenPartial) {
        lane.way.lock();
        try {
            if (lane.parts.isEmpty()) {
                var batch = load(lane, evenPartial);
                if (batch != null) {
                    lane.parts.add(batch);
                }
            }
            return lane.parts.peekFirst();
        } finally {
            lane.unlockWay();
        }
    }

    private @Nullable Batch load(Lane lane, boolean evenPartial) {
        if (lane.spool != null && lane.hasSpooled()) {
            return fromSpool(lane, lane.spool);
        }
        if (!lane.held.isEmpty()) {
            return lane.held.pollFirst();
        }
        boolean full = lane.queued() >= options.batching().records();
        return (evenPartial || full) && mayShipFromMemory(lane) ? lane.drain(options.batching(), nextId()) : null;
    }

    private boolean mayShipFromMemory(Lane lane) {
        return lane.spoolBroken
                || options.spool().filter(ObservatoryOptions.Spooling::always).isEmpty();
    }

    private @Nullable Batch fromSpool(Lane lane, LaneSpool spool) {
        try {
            var batch = spool.read();
            if (batch == null) {
                gone(lane, spool.forgetUnreadable());
            }
            return batch;
        } catch (IOException | ObservatoryException e) {
            LOG.warn("the spool of {} cannot be read", lane.destination, e);
            gone(lane, spool.forgetUnreadable());
            return null;
        }
    }

    private void gone(Lane lane, long records) {
        if (records > 0) {
            drop(lane, DropReason.UNREADABLE, (int) records, 0);
        }
    }

    private String nextId() {
        return run + "-" + number.incrementAndGet();
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
            case Unacceptable why -> {
                bury(lane, batch, why.status(), why.why());
                yield true;
            }
            case Refused why -> {
                bury(lane, batch, why.status(), why.why());
                yield true;
            }
            case Later later -> {
                postpone(lane, later);
                yield false;
            }
        };
    }

    private void accept(Lane lane, Batch batch, Accepted accepted) {
        int refused = Math.clamp(accepted.refused(), 0, batch.size());
        lane.failures = 0;
        tally.shipped(batch.size() - refused, accepted.bytes(), accepted.took());
        if (refused > 0) {
            tally.dropped(DropReason.REJECTED_BY_SINK, refused);
        }
        finish(lane, batch);
        notice(lane);
    }

    /** Looks for the record that is to blame: one bad one among n costs about 2·log₂ n requests, and itself. */
    private static void bisect(Lane lane, Batch batch) {
        var halves = batch.halves();
        lane.way.lock();
        try {
            lane.parts.pollFirst();
            lane.parts.addFirst(halves.getLast());
            lane.parts.addFirst(halves.getFirst());
        } finally {
            lane.unlockWay();
        }
    }

    /** The destination is not told of these: it knows what it refused, and a word about it might be refused as well. */
    private void bury(Lane lane, Batch batch, int status, String why) {
        lane.failures = 0;
        if (deadLetters == null) {
            tally.dropped(DropReason.REJECTED, batch.size());
        } else {
            try {
                deadLetters.add(lane.destination, batch, status, why);
                tally.deadLettered(batch.size(), why);
            } catch (IOException e) {
                LOG.warn("{} refused records cannot be kept as dead letters: {}", batch.size(), e.toString());
                tally.dropped(DropReason.REJECTED, batch.size());
            }
        }
        finish(lane, batch);
    }

    private void postpone(Lane lane, Later later) {
        int failures = lane.failures + 1;
        var wait = options.retry().after(failures, later.wish(), ThreadLocalRandom.current());
        lane.notBefore = ticker.nanos() + wait.toNanos();
        lane.failures = failures;
        tally.failed(later.why());
        lane.way.lock();
        try {
            unload(lane);
        } finally {
            lane.unlockWay();
        }
    }

    private void finish(Lane lane, Batch batch) {
        lane.way.lock();
        try {
            // The turn that spools may have written it down meanwhile; that one knows its place.
            var now = lane.parts.pollFirst();
            if (now != null && now.place() != null && lane.spool != null) {
                lane.spool.settle(now.place());
            }
        } catch (IOException e) {
            LOG.warn("what was shipped cannot be marked in the spool, and may be shipped again: {}", e.toString());
        } finally {
            lane.unlockWay();
        }
        room.give(lane, batch.weight());
        lane.settled.addAndGet(batch.size());
        settled.ring();
    }

    /** Tells the destination what it will never see, now that it listens. @return whether there was anything to tell */
    boolean notice(Lane lane) {
        Map<DropReason, Integer> counts = lane.takeUntold();
        if (counts.isEmpty()) {
            return false;
        }
        int sum = counts.values().stream().mapToInt(Integer::intValue).sum();
        var record = new LogRecord(
                        Instant.now(), Severity.WARN, sum + " records dropped", "observatory", "", Map.of(), null)
                .with("dropped", String.valueOf(sum))
                .with("reasons", counts.toString());
        room.force(lane, record.weight());
        lane.taken.incrementAndGet();
        tally.notices.increment();
        lane.add(record);
        return true;
    }

    /** Records that are gone; {@code weight} is what they held of the memory. */
    void drop(Lane lane, DropReason reason, int records, int weight) {
        tally.dropped(reason, records);
        lane.untold(reason, records);
        room.give(lane, weight);
        lane.settled.addAndGet(records);
        settled.ring();
    }

    // Spooling

    /** Moves to the disk what is in memory. What does not fit there stays in memory. */
    void spool(Lane lane) {
        if (lane.spool == null) {
            return;
        }
        lane.way.lock();
        try {
            while (spoolSome(lane, lane.spool) && lane.queued() > 0) {
                // The rest, write by write.
            }
            if (!lane.shipping) {
                unload(lane);
            }
        } finally {
            lane.unlockWay();
        }
        settled.ring();
    }

    private boolean spoolSome(Lane lane, LaneSpool spool) {
        List<Batch> waiting =
                lane.parts.stream().filter(part -> !part.spooled()).toList();
        List<Batch> fresh = drained(lane);
        if (waiting.isEmpty() && fresh.isEmpty()) {
            return false;
        }
        try {
            var all = new ArrayList<>(waiting);
            all.addAll(fresh);
            replace(lane, spool, waiting.size(), spool.append(all));
            lane.spoolBroken = false;
            lane.spooledAt = ticker.nanos();
            release(lane, fresh);
            tally.spooled(all.stream().mapToInt(Batch::size).sum());
            return true;
        } catch (IOException e) {
            fresh.reversed().forEach(lane.held::addFirst);
            lane.spoolBroken = true;
            lane.spoolNotBefore = ticker.nanos() + DISK_PAUSE;
            tally.spoolFailed(e.toString());
            return false;
        }
    }

    /** A disk that failed is tried with what is held already, lest all the queue be emptied into what only waits. */
    private List<Batch> drained(Lane lane) {
        var batches = new ArrayList<>(lane.held);
        lane.held.clear();
        int weight = 0;
        while (weight < BYTES_A_WRITE && !(lane.spoolBroken && !batches.isEmpty())) {
            var batch = lane.drain(options.batching(), nextId());
            if (batch == null) {
                break;
            }
            weight += batch.weight();
            batches.add(batch);
        }
        return batches;
    }

    /** Parts that were not on the disk before are the oldest there is, so the reader is past them. */
    private static void replace(Lane lane, LaneSpool spool, int waiting, List<Batch> placed) {
        if (waiting == 0) {
            return;
        }
        int index = 0;
        for (int left = lane.parts.size(); left > 0; left--) {
            var part = lane.parts.removeFirst();
            lane.parts.addLast(part.spooled() ? part : placed.get(index++));
        }
        var place = placed.get(waiting - 1).place();
        if (place != null) {
            spool.skipTo(place);
        }
    }

    private void release(Lane lane, List<Batch> fresh) {
        fresh.forEach(batch -> room.give(lane, batch.weight()));
    }

    /** While its destination fails, a lane's oldest batches need not be in memory if they are on the disk as a whole. */
    private void unload(Lane lane) {
        boolean whole = !lane.parts.isEmpty() && lane.parts.stream().allMatch(part -> part.spooled() && !part.half());
        if (whole && lane.spool != null) {
            lane.parts.forEach(part -> room.give(lane, part.weight()));
            lane.parts.clear();
            lane.spool.rewind();
        }
    }

    /** Gives up everything that is in memory only. */
    void abandon(Lane lane) {
        if (lane.way.tryLock()) {
            try {
                lane.parts.addAll(lane.held);
                lane.held.clear();
                lane.parts.stream()
                        .filter(part -> !part.spooled())
                        .forEach(part -> drop(lane, DropReason.CLOSED, part.size(), part.weight()));
                lane.parts.clear();
            } finally {
                lane.unlockWay();
            }
        }
        for (var record = lane.poll(); record != null; record = lane.poll()) {
            drop(lane, DropReason.CLOSED, 1, record.weight());
        }
    }
}
