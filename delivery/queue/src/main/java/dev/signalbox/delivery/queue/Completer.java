package dev.signalbox.delivery.queue;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.DatabaseUnavailableException;
import dev.signalbox.delivery.queue.Store.Completion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
 * offered until the database answers, however long that takes: it is the lease's row that decides, and as long as no other
 * node has reached the database either, it still stands.
 */
final class Completer {
    /** One verdict on its way to the record. */
    record Entry(Lane lane, Batch batch, Verdict verdict) {
        Completion completion() {
            return new Completion(batch.lease(), verdict);
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

    Completer(JdbcQueue queue, Wake.Sleeper wake, Outage outage) {
        this.store = queue.store();
        this.recorded = queue::recorded;
        this.time = queue.time();
        this.wake = wake;
        this.outage = outage;
    }

    void add(Lane lane, Batch batch, Verdict verdict) {
        entries.add(new Entry(lane, batch, verdict));
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
        List<Entry> gathered = new ArrayList<>(MOST);
        while (!stopping || !entries.isEmpty()) {
            Entry first = entries.poll(100, TimeUnit.MILLISECONDS);
            if (first != null) {
                gathered.add(first);
                entries.drainTo(gathered, MOST - 1);
                writeUntilAnswered(gathered);
                gathered.clear();
            }
        }
    }

    /** Writes all there is, on the caller's thread; returns how many were stale. */
    int flush() {
        List<Entry> gathered = new ArrayList<>();
        entries.drainTo(gathered);
        return gathered.isEmpty() ? 0 : write(gathered);
    }

    private void writeUntilAnswered(List<Entry> gathered) throws InterruptedException {
        for (List<Entry> rest = gathered; !rest.isEmpty(); ) {
            try {
                write(rest);
                return;
            } catch (DatabaseUnavailableException e) {
                outage.began(e);
                if (stopping) {
                    giveUp(rest);
                    return;
                }
                Thread.sleep(PAUSE);
                rest = withoutRecorded(rest);
            } catch (RuntimeException e) {
                refuse(rest, e);
                return;
            }
        }
    }

    private static void giveUp(List<Entry> rest) {
        LOG.error(
                "stopping while the database is away, with {} outcomes not recorded; when their leases run out, other"
                        + " nodes treat them as unknown",
                rest.size());
    }

    /** The connection may have broken after the commit, so what is on record already is not offered again. */
    private List<Entry> withoutRecorded(List<Entry> offered) throws InterruptedException {
        while (!stopping) {
            try {
                Set<Outcome> known = recorded.apply(
                        offered.stream().map(entry -> entry.verdict().outcome()).toList());
                List<Entry> done = new ArrayList<>();
                List<Entry> rest = new ArrayList<>();
                offered.forEach(entry -> (known.contains(entry.verdict().outcome()) ? done : rest).add(entry));
                settle(done, Set.of());
                return rest;
            } catch (DatabaseException e) {
                outage.began(e);
                Thread.sleep(PAUSE);
            }
        }
        return offered;
    }

    /** They cannot be taken. One at a time, so that a bad one does not take others along. */
    private void refuse(List<Entry> offered, RuntimeException problem) throws InterruptedException {
        if (offered.size() > 1) {
            for (Entry entry : offered) {
                writeUntilAnswered(List.of(entry));
            }
            return;
        }
        Outcome outcome = offered.getFirst().verdict().outcome();
        LOG.error(
                "the outcome {} of {} cannot be recorded; when its lease runs out, it is treated as unknown",
                outcome.result(),
                outcome.id(),
                problem);
        Entry entry = offered.getFirst();
        entry.batch().lose(); // So its lease is neither ended nor prolonged, and will be rescued.
        entry.lane().settled(entry.batch());
    }

    private int write(List<Entry> offered) {
        Map<Batch, Integer> counts = new HashMap<>();
        offered.forEach(entry -> counts.merge(entry.batch(), 1, Integer::sum));
        Set<UUID> finished = new HashSet<>();
        counts.forEach((batch, count) -> {
            if (batch.endsWith(count)) {
                finished.add(batch.lease());
            }
        });
        Set<UUID> stale = store.complete(offered.stream().map(Entry::completion).toList(), finished, shard, time.now());
        return settle(offered, stale);
    }

    private int settle(List<Entry> offered, Set<UUID> stale) {
        int refused = 0;
        for (Entry entry : offered) {
            boolean isStale = stale.contains(entry.batch().lease());
            refused += isStale ? 1 : 0;
            entry.batch().completed(1);
            if (isStale) {
                entry.batch().lose();
                entry.lane().stale(entry.verdict());
            } else {
                announce(entry);
            }
            entry.lane().settled(entry.batch());
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
