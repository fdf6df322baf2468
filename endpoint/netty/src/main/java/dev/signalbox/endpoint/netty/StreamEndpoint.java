package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import dev.signalbox.endpoint.netty.ListenerOptions.AddressSource;
import dev.signalbox.endpoint.netty.ListenerOptions.Port;
import dev.signalbox.endpoint.netty.ListenerOptions.UnixSocket;
import dev.signalbox.endpoint.netty.Peer.Verdict;
import dev.signalbox.router.Authenticator;
import dev.signalbox.router.EndpointException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What endpoints share whose clients have connections: a port or the file of a Unix socket, TLS, limits of connections. */
abstract class StreamEndpoint extends NettyEndpoint {
    private static final int BACKLOG = 1_024;
    /** How often the files of certificates are looked at. */
    private static final int REFRESH_SECONDS = 10;

    private Optional<Certificates> certificates = Optional.empty();
    private @Nullable ScheduledFuture<?> watch;
    private @Nullable SocketFile socketFile;

    StreamEndpoint(
            EventLoops loops, ListenerOptions listening, Authenticator authenticator, ConnectionListener listener) {
        super(loops, listening, authenticator, listener);
    }

    /** Sets up a new connection, behind TLS and what proxies put in front. */
    abstract void greet(Channel channel, Peer peer);

    /** What clients may choose from over TLS (ALPN); empty for nothing. */
    List<String> applicationProtocols() {
        return List.of();
    }

    /** Whether a connection over the limits may wait until it can be told so; else it is closed at once. */
    abstract boolean tellsWhy();

    @Override
    final Channel listen(EventLoops.Running started) {
        certificates = listening().tls().map(files -> new Certificates(files, applicationProtocols()));
        Channel bound = bind(started);
        watchCertificates(started);
        return bound;
    }

    private void watchCertificates(EventLoops.Running started) {
        if (certificates.isPresent()) {
            watch = started.group()
                    .scheduleWithFixedDelay(
                            () -> Thread.ofVirtual().name("certificates").start(this::refreshCertificates),
                            REFRESH_SECONDS,
                            REFRESH_SECONDS,
                            TimeUnit.SECONDS);
        }
    }

    /** Reads files that have changed: not for event loops. */
    final void refreshCertificates() {
        certificates.ifPresent(Certificates::refresh);
    }

    private Channel bind(EventLoops.Running started) {
        return switch (listening().place()) {
            case Port(String host, int number) -> {
                ServerBootstrap bootstrap = bootstrap(started)
                        .channel(started.isEpoll() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                        .childOption(ChannelOption.TCP_NODELAY, true);
                yield bind(
                        bootstrap,
                        new InetSocketAddress(host, number),
                        host + ":" + number,
                        "stop what listens there, or choose another port (0 picks a free one)");
            }
            case UnixSocket socket -> bind(started, socket);
        };
    }

    private Channel bind(EventLoops.Running started, UnixSocket socket) {
        SocketFile file = SocketFile.claim(socket);
        socketFile = file;
        ServerBootstrap bootstrap = bootstrap(started)
                .channel(started.isEpoll() ? EpollServerDomainSocketChannel.class : NioServerDomainSocketChannel.class);
        Channel bound = bind(
                bootstrap,
                started.isEpoll()
                        ? new DomainSocketAddress(file.unseen().toFile())
                        : UnixDomainSocketAddress.of(file.unseen()),
                socket.path().toString(),
                "see that its folder exists and may be written to");
        try {
            file.publish();
        } catch (EndpointException e) {
            bound.close().awaitUninterruptibly();
            throw e;
        }
        return bound;
    }

    private ServerBootstrap bootstrap(EventLoops.Running started) {
        int bound = listening().limits().maxOutboundBytes();
        return new ServerBootstrap()
                .group(started.group())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(bound / 2, bound))
                .childHandler(new Pipeline());
    }

    private void removeSocketFile() {
        if (socketFile != null) {
            socketFile.close();
            socketFile = null;
        }
    }

    /** How a new connection begins. */
    private final class Pipeline extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            track(channel);
            Peer peer = peer(channel.remoteAddress());
            channel.closeFuture().addListener(closed -> peer.gone());
            if (!admits(peer)) {
                var _ = channel.close();
                return;
            }
            if (peer.isProxy() && listening().proxies().source() == AddressSource.PROXY_PROTOCOL) {
                channel.pipeline().addLast(new ProxyHeaderHandler(StreamEndpoint.this, peer));
            }
            certificates.ifPresent(
                    each -> channel.pipeline().addLast(each.current().newHandler(channel.alloc())));
            greet(channel, peer);
        }
    }

    /**
     * Called when a connection's address becomes known. Counts one that is over the limits; false if it has to go at once, because
     * too many of them wait already to be told.
     */
    final boolean admits(Peer peer) {
        if (peer.verdict() == Verdict.OK || peer.isToBeTold()) {
            return true;
        }
        boolean byAddress = peer.verdict() == Verdict.TOO_MANY_FROM_ADDRESS;
        failed(byAddress ? Fault.TOO_MANY_FROM_ADDRESS : Fault.TOO_MANY, peer, "over the limit of connections");
        return tellsWhy() && peer.mayBeTold();
    }

    @Override
    final void stopped() {
        if (watch != null) {
            watch.cancel(false);
        }
        removeSocketFile();
    }
}
