package dev.signalbox.cluster.nats;

import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.router.ClusterLinkDriver;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** NATS as the broker of a link: {@link NatsSupervisor} keeps the session, and what it tells is passed on. */
final class NatsDriver implements ClusterLinkDriver, NatsSupervisor.Owner {
    private static final int MAX_BYTES = 1 << 20;

    private final NatsLinkOptions options;
    private final NatsBounds bounds;
    /** Set before the supervisor's thread runs. */
    private volatile @Nullable Events told;

    private volatile @Nullable NatsSupervisor supervisor;

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

    NatsDriver(NatsLinkOptions options, NatsBounds bounds) {
        this.options = options;
        this.bounds = bounds;
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
    public void start(Events events) {
        told = events;
        supervisor = NatsSupervisor.start(options, bounds, this);
    }

    private Events events() {
        return Objects.requireNonNull(told);
    }

    @Override
    public void use(NatsSession session) {
        events().use(new OneSession(session), Optional.empty());
    }

    @Override
    public void down(String reason) {
        events().down(reason);
    }

    @Override
    public void ended(NatsSession session, String reason) {
        events().ended(session, reason);
    }

    @Override
    public void received(NatsSession session, Channel channel, byte[] bytes) {
        events().received(session, channel, bytes);
    }

    @Override
    public void confirmed(NatsSession session, Channel channel) {
        events().confirmed(session, channel);
    }

    @Override
    public void close() {
        NatsSupervisor ending = supervisor;
        if (ending != null) {
            ending.close();
        }
    }
}
