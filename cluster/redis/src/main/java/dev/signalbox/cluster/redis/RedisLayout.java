package dev.signalbox.cluster.redis;

import io.lettuce.core.cluster.SlotHash;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which server each channel is on.
 *
 * @param sharded whether channels are those of a Redis Cluster, each on one of its primaries
 */
record RedisLayout(boolean sharded, List<Range> ranges) {

    /** Slots from {@code from} to {@code to}, both included. */
    record Range(int from, int to, RedisNode node) {}

    static RedisLayout single(RedisNode node) {
        return new RedisLayout(false, List.of(new Range(0, SlotHash.SLOT_COUNT - 1, node)));
    }

    /** Empty if no server has its slot now. */
    Optional<RedisNode> nodeOf(String channel) {
        if (!sharded) {
            return Optional.of(ranges.getFirst().node());
        }
        int slot = SlotHash.getSlot(channel);
        return ranges.stream()
                .filter(each -> each.from() <= slot && slot <= each.to())
                .map(Range::node)
                .findFirst();
    }

    Set<RedisNode> nodes() {
        return ranges.stream().map(Range::node).collect(Collectors.toSet());
    }
}
