package dev.signalbox.delivery.queue;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes batches of one lane out of the queue. Confined to the thread that claims, except for {@link #mark} and {@link #forget}. */
final class Claims {
    private final Terms terms;
    private final LaneContext context;
    private final LaneLimits limits;
    private final Store store;
    private final Time time;
    private final Marks marks = new Marks();

    /** The lease of a claim that has not been answered. */
    private @Nullable UUID doubtful;

    Claims(Terms terms, LaneContext context, LaneLimits limits) {
        this.terms = terms;
        this.context = context;
        this.limits = limits;
        this.store = context.store();
        this.time = context.time();
    }

    /** Claims up to the limit. The lease's time is counted from before the claim, so this node never thinks it longer. */
    HeldLease take(int limit) {
        giveBackDoubtful();
        long ticks = time.ticks();
        long now = time.now();
        long length = Micros.of(context.options().leaseFor(terms));
        UUID lease = Ids.next();
        doubtful = lease;
        List<Claimed> claimed = store.claim(
                new Store.Claim(
                        terms.channel(),
                        limit,
                        limits,
                        lease,
                        context.journal().owner().toString(),
                        length),
                marks.next(ticks),
                now);
        doubtful = null;
        marks.claimed(claimed, limits.isFree() ? limit : 0, now, time.ticks() - ticks);
        return new HeldLease(lease, claimed.stream().map(c -> c.startedAt(now)).toList(), ticks + length);
    }

    /** If a claim's reply was lost, no attempt of it has started: release the lease, or forbid one that is still to come. */
    private void giveBackDoubtful() {
        UUID lease = doubtful;
        if (lease != null) {
            long now = time.now();
            store.giveBack(
                    lease,
                    terms.channel(),
                    now,
                    context.completer().shard(),
                    orphan -> context.rules().released(orphan.claimed(), now));
            marks.forget();
            doubtful = null;
        }
    }

    /** Before this time, as {@link Micros}, no message is expected that waits. */
    long mark() {
        return marks.lowest();
    }

    /** Something may wait behind the marks. */
    void forget() {
        marks.forget();
    }
}
