package dev.signalbox.ha.etcd;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * When this node first saw the last renewal of each lease, by its own monotonic clock. Bounded: of more leases than {@link #MOST}, the
 * one that was looked at longest ago is forgotten, and its time begins anew when it is looked at again. Thread-safe.
 */
final class SeenRenewals {
    static final int MOST = 10_000;

    private record Seen(long renewal, long nanos) {}

    private final LongSupplier nanos;
    private final Map<String, Seen> last = new LinkedHashMap<>(16, 0.75f, true);

    SeenRenewals(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * How long this node has known of that renewal. To be called after etcd has told it, so that it is never longer ago here than in fact.
     *
     * @param renewal its revision
     */
    synchronized Duration age(String key, long renewal) {
        long now = nanos.getAsLong();
        Seen seen = last.get(key);
        if (seen == null || seen.renewal() != renewal) {
            seen = new Seen(renewal, now);
            last.put(key, seen);
            forgetEldest();
        }
        return Duration.ofNanos(now - seen.nanos());
    }

    private void forgetEldest() {
        if (last.size() > MOST) {
            last.remove(last.keySet().iterator().next());
        }
    }
}
