package dev.signalbox.observatory;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Spools what is in a lane: one turn of a lane at a time.
 *
 * <p>A lane is a queue of four stretches, the oldest first: {@link Lane#inFlight}, the spool, {@link Lane#unspooled} for
 * which the disk had no room, and the queue. Batches in flight that came from memory are there only while the spool is
 * empty, so spooling them, and then the last two stretches, never changes the order.
 */
final class LaneSpooler {
    private static final int BYTES_A_WRITE = 4 << 20;
    private static final long DISK_PAUSE = Duration.ofSeconds(1).toNanos();

    private final ObservatoryOptions.Batching batching;
    private final MemoryBudget memory;
    private final Counters counters;
    private final Notifier settled;
    private final LongSupplier ticker;
    private final Batch.Ids ids;

    LaneSpooler(
            ObservatoryOptions.Batching batching,
            MemoryBudget memory,
            Counters counters,
            Notifier settled,
            LongSupplier ticker,
            Batch.Ids ids) {
        this.batching = batching;
        this.memory = memory;
        this.counters = counters;
        this.settled = settled;
        this.ticker = ticker;
        this.ids = ids;
    }

    /** Moves to the disk what is in memory. What does not fit there stays in memory. */
    void spool(Lane lane) {
        if (lane.spool == null) {
            return;
        }
        lane.lock.lock();
        try {
            while (spoolSome(lane, lane.spool) && lane.queued() > 0) {
                // The rest, write by write.
            }
            if (!lane.shipping) {
                unload(lane);
            }
        } finally {
            lane.unlock();
        }
        settled.signal();
    }

    private boolean spoolSome(Lane lane, LaneSpool spool) {
        List<Batch> waiting =
                lane.inFlight.stream().filter(part -> !part.spooled()).toList();
        List<Batch> fresh = drained(lane);
        if (waiting.isEmpty() && fresh.isEmpty()) {
            return false;
        }
        try {
            write(lane, spool, waiting, fresh);
            return true;
        } catch (IOException e) {
            fresh.reversed().forEach(lane.unspooled::addFirst);
            if (e instanceof DiskBudget.BoundReachedException && waiting.size() + fresh.size() > 1) {
                return spoolFirst(lane, spool, waiting);
            }
            failed(lane, e);
            return false;
        }
    }

    /** There is no room for all: perhaps for the oldest. */
    private boolean spoolFirst(Lane lane, LaneSpool spool, List<Batch> waiting) {
        List<Batch> first = new ArrayList<>();
        if (waiting.isEmpty()) {
            first.add(lane.unspooled.removeFirst());
        }
        try {
            write(lane, spool, waiting, first);
            return true;
        } catch (IOException e) {
            first.forEach(lane.unspooled::addFirst);
            failed(lane, e);
            return false;
        }
    }

    private void write(Lane lane, LaneSpool spool, List<Batch> waiting, List<Batch> fresh) throws IOException {
        var all = new ArrayList<>(waiting);
        all.addAll(fresh);
        replace(lane, spool, waiting.size(), spool.append(all));
        lane.spoolBroken = false;
        lane.spooledAt = ticker.getAsLong();
        release(lane, fresh);
        counters.spooled(all.stream().mapToInt(Batch::size).sum());
    }

    private void failed(Lane lane, IOException e) {
        lane.spoolBroken = true;
        lane.spoolNotBefore = ticker.getAsLong() + DISK_PAUSE;
        counters.spoolFailed(e.toString());
    }

    /** A disk that failed is tried with what is waiting already: the queue stays in memory, where the oldest can be dropped. */
    private List<Batch> drained(Lane lane) {
        var batches = new ArrayList<>(lane.unspooled);
        lane.unspooled.clear();
        int weight = 0;
        while (weight < BYTES_A_WRITE && !(lane.spoolBroken && !batches.isEmpty())) {
            var batch = lane.drain(batching, ids.next());
            if (batch == null) {
                break;
            }
            weight += batch.weight();
            batches.add(batch);
        }
        return batches;
    }

    /** Batches in flight that were not on the disk before are the oldest there is, so the reader is past them. */
    private static void replace(Lane lane, LaneSpool spool, int waiting, List<Batch> placed) {
        if (waiting == 0) {
            return;
        }
        int index = 0;
        for (int left = lane.inFlight.size(); left > 0; left--) {
            var part = lane.inFlight.removeFirst();
            lane.inFlight.addLast(part.spooled() ? part : placed.get(index++));
        }
        var place = placed.get(waiting - 1).place();
        if (place != null) {
            spool.skipTo(place);
        }
    }

    private void release(Lane lane, List<Batch> fresh) {
        fresh.forEach(batch -> memory.give(lane, batch.weight()));
    }

    /** While its destination fails, a lane's oldest batches need not be in memory if they are on the disk as a whole. */
    void unload(Lane lane) {
        boolean whole =
                !lane.inFlight.isEmpty() && lane.inFlight.stream().allMatch(part -> part.spooled() && !part.half());
        if (whole && lane.spool != null) {
            lane.inFlight.forEach(part -> memory.give(lane, part.weight()));
            lane.inFlight.clear();
            lane.spool.rewind();
        }
    }
}
