package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.ListenerOptions.Port;
import dev.signalbox.router.Authenticator;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Endpoint;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.InetSocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Clients over UDP, as docs/protocol.md describes: JSON in datagrams, each of which arrives once or not at all, in whatever order. All of
 * them are in one event loop.
 */
public final class UdpEndpoint extends NettyEndpoint {
    /** What may wait for the network, for all clients together; beyond it, datagrams are dropped. */
    private static final int MAX_WAITING = 8 << 20;

    private final UdpOptions options;
    private @Nullable UdpHandler handler;

    private UdpEndpoint(
            EventLoops loops, UdpOptions options, Authenticator authenticator, ConnectionListener listener) {
        super(loops, bounded(options), authenticator, listener);
        this.options = options;
    }

    /** An endpoint that is not started: give it to {@link dev.signalbox.router.Router#attach}. */
    public static Endpoint create(
            EventLoops loops, UdpOptions options, Authenticator authenticator, ConnectionListener listener) {
        return new UdpEndpoint(loops, options, authenticator, listener);
    }

    /** A frame is at most a datagram, which is what clients are told. */
    private static ListenerOptions bounded(UdpOptions options) {
        ListenerOptions.Limits limits = options.listener().limits();
        return options.listener()
                .withLimits(new ListenerOptions.Limits(
                        options.maxDatagramBytes(),
                        limits.maxOutboundBytes(),
                        limits.maxConnections(),
                        limits.maxConnectionsPerAddress(),
                        limits.maxMessagesPerSecond(),
                        limits.minBytesPerSecond()));
    }

    UdpOptions options() {
        return options;
    }

    @Override
    Channel listen(EventLoops.Running started) {
        UdpHandler sessions = new UdpHandler(this);
        handler = sessions;
        Port port = (Port) listening().place();
        Bootstrap bootstrap = new Bootstrap()
                .group(started.group())
                .channel(started.isEpoll() ? EpollDatagramChannel.class : NioDatagramChannel.class)
                // One byte more than may be, so that a datagram that is too large is seen to be.
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(options.maxDatagramBytes() + 1))
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(MAX_WAITING / 2, MAX_WAITING))
                .handler(sessions);
        return bind(
                bootstrap,
                new InetSocketAddress(port.host(), port.number()),
                port.host() + ":" + port.number() + " over UDP",
                "stop what listens there, or choose another port (0 picks a free one)");
    }

    /** Those who are there stay: they have no connection but the port. */
    @Override
    public void stopAccepting() {
        if (handler != null) {
            handler.stopAccepting();
        }
    }

    @Override
    void closeSessions(CloseReason reason) {
        if (handler != null) {
            handler.closeAll(reason);
        }
    }

    @Override
    public URI address() {
        return address("udp", "");
    }
}
