package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Endpoint;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import java.net.URI;
import java.util.List;

/**
 * Clients over gRPC: each call of {@code signalbox.v1.Clients/Connect}, a stream in both directions, is one connection of a client.
 * Any number of clients up to {@value #MAX_STREAMS} may share one TCP connection, as they do behind a proxy.
 */
public final class GrpcEndpoint extends StreamEndpoint {
    static final int MAX_STREAMS = 100;
    private static final int MAX_HEADERS = 16 << 10;

    private GrpcEndpoint(
            EventLoops loops, ListenerOptions listener, Authenticator authenticator, ConnectionListener watcher) {
        super(loops, listener, authenticator, watcher);
    }

    /** An endpoint that is not started: give it to {@link dev.signalbox.router.Router#attach}. */
    public static Endpoint create(
            EventLoops loops, ListenerOptions listener, Authenticator authenticator, ConnectionListener watcher) {
        return new GrpcEndpoint(loops, listener, authenticator, watcher);
    }

    @Override
    void greet(Channel channel, Peer peer) {
        GrpcConnectionHandler connection = new GrpcConnectionHandler(this, peer);
        channel.pipeline()
                .addLast(Http2FrameCodecBuilder.forServer()
                        .initialSettings(Http2Settings.defaultSettings()
                                .maxConcurrentStreams(MAX_STREAMS)
                                .maxHeaderListSize(MAX_HEADERS))
                        // Calls are given time to end by themselves; after that there is nothing to wait for.
                        .gracefulShutdownTimeoutMillis(0)
                        .build())
                .addLast(new Http2MultiplexHandler(new Calls(connection, peer)))
                .addLast(connection);
    }

    /** How a new call begins. */
    private final class Calls extends ChannelInitializer<Channel> {
        private final GrpcConnectionHandler connection;
        private final Peer peer;

        Calls(GrpcConnectionHandler connection, Peer peer) {
            this.connection = connection;
            this.peer = peer;
        }

        @Override
        protected void initChannel(Channel call) {
            int bound = listening().limits().maxOutboundBytes();
            call.config().setWriteBufferWaterMark(new WriteBufferWaterMark(bound / 2, bound));
            track(call);
            connection.began(call);
            call.pipeline().addLast(new GrpcCallHandler(GrpcEndpoint.this, peer));
        }
    }

    @Override
    List<String> applicationProtocols() {
        return List.of("h2");
    }

    @Override
    boolean tellsWhy() {
        return false;
    }

    @Override
    public URI address() {
        return address(listening().tls().isPresent() ? "grpcs" : "grpc", "");
    }
}
