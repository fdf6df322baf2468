package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the leases that this node held when it crashed, by what its journal says of each message: what no sender had goes back,
 * what a sender had answered gets its outcome, and only what was with a sender at that moment is in doubt. Until it is done,
 * lanes claim nothing, so every lease in this node's name is one of those. Confined to the thread of the heartbeat.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Store store;
    private final Journal journal;
    private final Rules rules;
    private final Map<Channel, Lane> lanes;

    Recovery(Store store, Journal journal, Rules rules, Map<Channel, Lane> lanes) {
        this.store = store;
        this.journal = journal;
        this.rules = rules;
        this.lanes = lanes;
    }

    /** Does what is to be done once after a crash; if the database fails, the next call does it. */
    void run(long now, int shard) {
        if (!journal.hasPast()) {
            return;
        }
        AtomicInteger begun = new AtomicInteger();
        int ended = store.recover(journal.owner().toString(), now, shard, orphan -> verdict(orphan, now, begun));
        journal.forgetPast();
        if (ended > 0) {
            LOG.warn(
                    "this node held {} messages when it stopped; {} of them were with a sender and are in doubt",
                    ended,
                    begun);
        }
        lanes.values().forEach(Lane::wake);
    }

    private Verdict verdict(Store.Orphan orphan, long now, AtomicInteger begun) {
        Claimed claimed = orphan.claimed().startedAt(orphan.claimedAt());
        Terms terms = terms(claimed.ticket().lane());
        return switch (journal.fate(claimed.ticket().id(), claimed.ticket().attempt() + 1)) {
            case Journal.Fate.NotBegun() -> rules.released(orphan.claimed(), now);
            case Journal.Fate.Ended(SendResult result) ->
                rules.attempted(claimed, result, orphan.claimedAt(), now, terms);
            case Journal.Fate.Begun() -> {
                begun.incrementAndGet();
                yield rules.rescued(orphan.claimed(), orphan.claimedAt(), now, terms);
            }
        };
    }

    /** Of a channel that this node does not serve any more, nothing is known of repeats. */
    private Terms terms(Channel channel) {
        Lane lane = lanes.get(channel);
        return lane == null
                ? new Terms(channel, Duration.ZERO, 1, Duration.ZERO, true, List.of(), false)
                : lane.terms();
    }
}
