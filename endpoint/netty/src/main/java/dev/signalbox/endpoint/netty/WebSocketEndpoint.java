package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Authenticator;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Endpoint;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** Clients over WebSocket (RFC 6455), and over HTTP with server-sent events on the same port, as docs/protocol.md describes. */
public final class WebSocketEndpoint extends StreamEndpoint {
    private static final HttpDecoderConfig HEAD = new HttpDecoderConfig()
            .setMaxInitialLineLength(RequestGuard.MAX_LINE)
            .setMaxHeaderSize(RequestGuard.MAX_HEADERS);

    private final WebSocketOptions options;
    private final Handshake handshake;
    private final Optional<EventSessions> events;

    private WebSocketEndpoint(
            EventLoops loops, WebSocketOptions options, Authenticator authenticator, ConnectionListener listener) {
        super(loops, options.listener(), authenticator, listener);
        this.options = options;
        this.handshake = new Handshake(options);
        this.events = options.events().map(each -> new EventSessions(this, each));
    }

    /** An endpoint that is not started: give it to {@link dev.signalbox.router.Router#attach}. */
    public static Endpoint create(EventLoops loops, WebSocketOptions options, Authenticator authenticator) {
        return create(loops, options, authenticator, ConnectionListener.NONE);
    }

    /** The same with somebody who is told of connections that fail. */
    public static Endpoint create(
            EventLoops loops, WebSocketOptions options, Authenticator authenticator, ConnectionListener listener) {
        return new WebSocketEndpoint(loops, options, authenticator, listener);
    }

    Handshake handshake() {
        return handshake;
    }

    /** Clients over HTTP, where there can be any. */
    EventSessions events() {
        return events.orElseThrow();
    }

    @Override
    void closeSessions(CloseReason reason) {
        events.ifPresent(
                sessions -> sessions.forEach(session -> session.connection().close(reason)));
    }

    @Override
    void greet(Channel channel, Peer peer) {
        channel.pipeline().addLast(new HttpRequestDecoder(HEAD)).addLast(new HttpHandler(this, peer));
    }

    @Override
    List<String> applicationProtocols() {
        return List.of("http/1.1");
    }

    @Override
    boolean tellsWhy() {
        return true;
    }

    @Override
    public URI address() {
        return address(listening().tls().isPresent() ? "wss" : "ws", options.path());
    }
}
