package dev.signalbox.cluster.redis;

import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.router.ClusterLinkDriver;
import java.util.Optional;

/** Redis as the broker of a link: {@link RedisSupervisor} keeps the sessions. */
record RedisDriver(RedisLinkOptions options, RedisBounds bounds) implements ClusterLinkDriver {
    /** Far below what Redis lets wait for a subscriber (32 MiB), so that one publication never costs a connection. */
    private static final int MAX_BYTES = 4 << 20;

    /** Passes on what the supervisor tells. */
    private record Owner(Events events) implements RedisSupervisor.Owner {
        @Override
        public void use(RedisPlacement placement, Optional<String> problem) {
            events.use(placement, problem);
        }

        @Override
        public void down(String reason) {
            events.down(reason);
        }

        @Override
        public void ended(RedisSession session, String reason) {
            events.ended(session, reason);
        }

        @Override
        public void moved() {
            events.missed();
        }

        @Override
        public void received(RedisSession session, Channel channel, byte[] bytes) {
            events.received(session, channel, bytes);
        }

        @Override
        public void subscribed(RedisSession session, Channel channel) {
            events.confirmed(session, channel);
        }

        @Override
        public boolean unsubscribed(RedisSession session, Channel channel) {
            return events.interrupted(session, channel);
        }

        @Override
        public void refused(RedisSession session, Channel channel, String reason) {
            events.refused(session, channel, reason);
        }
    }

    @Override
    public int maxBytes() {
        return MAX_BYTES;
    }

    @Override
    public long maxUntoldBytes() {
        return bounds.untoldBytes();
    }

    @Override
    public Connecting start(Events events) {
        return RedisSupervisor.start(options, bounds, new Owner(events))::close;
    }
}
