package dev.signalbox.cluster.nats;

import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.router.ClusterLinkDriver;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** NATS as the broker of a link: {@link NatsSupervisor} keeps the session. */
record NatsDriver(NatsLinkOptions options, NatsBounds bounds) implements ClusterLinkDriver {
    private static final int MAX_BYTES = 1 << 20;

    /** All channels are at one server. */
    private record OneSession(NatsSession session) implements Placement {
        @Override
        public Collection<NatsSession> sessions() {
            return List.of(session);
        }

        @Override
        public Optional<NatsSession> of(Channel channel) {
            return Optional.of(session);
        }
    }

    /** Passes on what the supervisor tells. */
    private record Owner(Events events) implements NatsSupervisor.Owner {
        @Override
        public void use(NatsSession session) {
            events.use(new OneSession(session), Optional.empty());
        }

        @Override
        public void down(String reason) {
            events.down(reason);
        }

        @Override
        public void ended(NatsSession session, String reason) {
            events.ended(session, reason);
        }

        @Override
        public void received(NatsSession session, Channel channel, byte[] bytes) {
            events.received(session, channel, bytes);
        }

        @Override
        public void confirmed(NatsSession session, Channel channel) {
            events.confirmed(session, channel);
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
        return NatsSupervisor.start(options, bounds, new Owner(events))::close;
    }
}
