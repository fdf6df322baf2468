package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Endpoint;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.net.URI;

/** Clients over plain TCP, with or without TLS, as docs/protocol.md describes. */
public final class TcpEndpoint extends StreamEndpoint {
    private final TcpFormat format;

    private TcpEndpoint(
            EventLoops loops, TcpOptions options, Authenticator authenticator, ConnectionListener listener) {
        super(loops, options.listener(), authenticator, listener);
        this.format = TcpFormat.of(options.framing());
    }

    /** An endpoint that is not started: give it to {@link dev.signalbox.router.Router#attach}. */
    public static Endpoint create(
            EventLoops loops, TcpOptions options, Authenticator authenticator, ConnectionListener listener) {
        return new TcpEndpoint(loops, options, authenticator, listener);
    }

    @Override
    void greet(Channel channel, Peer peer) {
        // The end of what a client sends is its goodbye; what was sent to it before still has to reach it.
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        FrameHandler handler = FrameHandler.tcp(this, peer, format, channel);
        channel.pipeline().addLast(handler);
        handler.begin();
    }

    @Override
    boolean tellsWhy() {
        return false;
    }

    @Override
    public URI address() {
        return address(listening().tls().isPresent() ? "tcps" : "tcp", "");
    }
}
