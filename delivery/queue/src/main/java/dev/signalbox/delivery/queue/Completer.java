package dev.signalbox.delivery.queue;

import dev.signalbox.delivery.queue.Store.Completion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts verdicts on record, as many at a time as have gathered while the last ones were being written. While the database is
 * away they wait here: their number is bounded by what lanes may have claimed, and lanes claim nothing meanwhile. They are
 * offered until the database takes them, however long that takes, be it away, locked, or too slow for its own time limit: it is
 * the lease's row that decides, and as long as no other node has reached the database either, it still stands.
 */
final class Completer {
    /** One verdict on its way to the record. */
    record Entry(Lane lane, HeldLease lease, Verdict verdict) {
        Completion completion() {
            return new Completion(lease.id(), verdict);
        }

        void settled() {
            lane.settled(lease, verdict.outcome().id(), verdict.outcome().attempt());
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Completer.class);
    private static final int MOST = 1_000;
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Store store;
    private final Function<List<Outcome>, Set<Outcome>> recorded;
    private final Time time;
    private final Wake.Sleeper wake;
    private final Outage outage;
    private final BlockingQueue<Entry> entries = new LinkedBlockingQueue<>();
    private final int shard = ThreadLocalRandom.current().nextInt(Store.SHARDS);
    private volatile boolean stopping;

    /**
     * What was taken out of {@link #entries} and is not settled. A loop that failed and is started again goes on with it. Only
     * the completing thread touches it.
     */
    private final Set<Entry> gathered = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Whether {@link #gathered} was offered before, and may have been committed. Only the completing thread touches it. */
    private boolean offeredBefore;

    Completer(JdbcQueue queue, Wake.Sleeper wake, Outage outage) {
        this(queue.store(), queue::recorded, queue.time(), wake, outage);
    }

    /** @param recorded those of the outcomes that are on record just as they are */
    Completer(
            Store store, Function<List<Outcome>, Set<Outcome>> recorded, Time time, Wake.Sleeper wake, Outage outage) {
        this.store = store;
        this.recorded = recorded;
        this.time = time;
        this.wake = wake;
        this.outage = outage;
    }

    void add(Lane lane, HeldLease lease, Verdict verdict) {
        entries.add(new Entry(lane, lease, verdict));
    }

    int shard() {
        return shard;
    }

    /** Has the loop end once nothing is left. */
    void stop() {
        stopping = true;
    }

    int size() {
        return entries.size();
    }

    /** Runs until stopped and empty. */
    void run() throws InterruptedException {
        while (!stopping || !entries.isEmpty() || !gathered.isEmpty()) {
            gather();
            if (!gathered.isEmpty()) {
                writeUntilAnswered(List.copyOf(gathered), offeredBefore);
            }
        }
    }

    private void gather() throws InterruptedException {
        if (!gathered.isEmpty()) {
            return;
        }
        offeredBefore = false;
        Entry first = entries.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
            gathered.add(first);
            entries.drainTo(gathered, MOST - 1);
        }
    }

    /** Writes all there is, on the caller's thread; returns how many were stale. */
    int flush() {
        entries.drainTo(gathered);
        if (gathered.isEmpty()) {
            return 0;
        }
        boolean again = offeredBefore;
        List<Entry> offered = List.copyOf(gathered);
        List<Entry> rest = again ? withoutRecorded(offered) : offered;
        offeredBefore = true;
        int stale = rest.isEmpty() ? 0 : write(rest, again);
        offeredBefore = false;
        return stale;
    }

    /** Returns when each of them is on record, refused, or given up since the loop is to stop. */
    private void writeUntilAnswered(List<Entry> offered, boolean before) throws InterruptedException {
        boolean again = before;
        for (List<Entry> rest = offered; !rest.isEmpty(); ) {
            try {
                rest = again ? withoutRecorded(rest) : rest;
                boolean committedMaybe = again;
                again = true;
                offeredBefore = true;
                write(rest, committedMaybe);
                return;
            } catch (RuntimeException e) {
                if (Faults.isOfTheData(e)) {
                    refuse(rest, e);
                    return;
                }
                outage.began(e);
                if (stopping) {
                    giveUp(rest);
                    return;
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    private void giveUp(List<Entry> rest) {
        LOG.error(
                "stopping while the database is away, with {} outcomes not recorded; when their leases run out, other"
                        + " nodes treat them as unknown",
                rest.size());
        rest.forEach(gathered::remove);
    }

    /** The connection may have broken after the commit, so what is on record already is not offered again. */
    private List<Entry> withoutRecorded(List<Entry> offered) {
        Set<Outcome> known = recorded(offered);
        List<Entry> done = new ArrayList<>();
        List<Entry> rest = new ArrayList<>();
        offered.forEach(entry -> (known.contains(entry.verdict().outcome()) ? done : rest).add(entry));
        settle(done, Set.of());
        return rest;
    }

    private Set<Outcome> recorded(List<Entry> offered) {
        return recorded.apply(
                offered.stream().map(entry -> entry.verdict().outcome()).toList());
    }

    /**
     * They cannot be taken. One at a time, so that a bad one does not take others along; and an earlier write of the same, which
     * seemed to have failed, may have been committed meanwhile.
     */
    private void refuse(List<Entry> offered, RuntimeException problem) throws InterruptedException {
        if (offered.size() > 1) {
            for (Entry entry : offered) {
                writeUntilAnswered(List.of(entry), true);
            }
            return;
        }
        Entry entry = offered.getFirst();
        if (!gathered.contains(entry)) {
            return; // It was settled before this failure.
        }
        Outcome outcome = entry.verdict().outcome();
        if (recorded(offered).contains(outcome)) {
            settle(offered, Set.of());
            return;
        }
        LOG.error(
                "the outcome {} of {} cannot be recorded; when its lease runs out, it is treated as unknown",
                outcome.result(),
                outcome.id(),
                problem);
        gathered.remove(entry);
        entry.lease().lose(); // So its lease is neither ended nor prolonged, and will be rescued.
        entry.settled();
    }

    /** @param again whether an earlier write of these may have been committed, and so have ended their leases */
    private int write(List<Entry> offered, boolean again) {
        Map<HeldLease, Integer> counts = new HashMap<>();
        offered.forEach(entry -> counts.merge(entry.lease(), 1, Integer::sum));
        Set<UUID> finished = new HashSet<>();
        counts.forEach((lease, count) -> {
            if (lease.endsWith(count)) {
                finished.add(lease.id());
            }
        });
        Set<UUID> stale = store.complete(offered.stream().map(Entry::completion).toList(), finished, shard, time.now());
        return settle(again && !stale.isEmpty() ? withoutRecorded(offered) : offered, stale);
    }

    private int settle(List<Entry> offered, Set<UUID> stale) {
        int refused = 0;
        for (Entry entry : offered) {
            if (!gathered.remove(entry)) {
                continue; // It was settled before the last attempt to write failed.
            }
            boolean isStale = stale.contains(entry.lease().id());
            refused += isStale ? 1 : 0;
            entry.lease().completed(1);
            if (isStale) {
                entry.lease().lose();
                entry.lane().stale(entry.verdict());
            } else {
                announce(entry);
            }
            entry.settled();
        }
        return refused;
    }

    private void announce(Entry entry) {
        Ticket next = entry.verdict().next();
        if (next != null && next.runAt() <= time.now()) {
            wake.due(next.lane());
        } else if (next != null) {
            wake.later(next.runAt());
        }
        entry.lane().recorded(entry.verdict());
    }
}
