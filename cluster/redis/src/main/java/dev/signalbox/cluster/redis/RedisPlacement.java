package dev.signalbox.cluster.redis;

import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.router.ClusterLinkDriver;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * The sessions with the primaries of a layout. One of them may be missing.
 *
 * @param prefix of the names of channels
 */
record RedisPlacement(String prefix, RedisLayout layout, Map<RedisNode, RedisSession> open)
        implements ClusterLinkDriver.Placement {
    RedisPlacement {
        open = Map.copyOf(open);
    }

    @Override
    public Collection<RedisSession> sessions() {
        return open.values();
    }

    @Override
    public Optional<RedisSession> of(Channel channel) {
        return of(RedisSession.name(prefix, channel));
    }

    /** The session with the primary that a channel's or key's name belongs to. */
    Optional<RedisSession> of(String name) {
        return layout.nodeOf(name).flatMap(node -> Optional.ofNullable(open.get(node)));
    }
}
