package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.ClientConnection.Route;
import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import dev.signalbox.router.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client whose frames come over one channel, as WebSocket frames, those of plain TCP or those of gRPC. Everything here happens on
 * the channel's event loop.
 */
final class FrameHandler extends ChannelInboundHandlerAdapter implements Dialogue.Events {
    private static final Logger LOG = LoggerFactory.getLogger(FrameHandler.class);
    /** Who has not shown a token yet has nothing else to say. */
    private static final int MAX_TOKEN_FRAME = 16 << 10;

    private static final byte[] NOTHING = {};

    private final NettyEndpoint endpoint;
    private final Peer peer;
    private final FrameSource frames;
    private final ChannelWire wire;
    private final Dialogue dialogue;
    private @Nullable ChannelHandlerContext context;

    /** Null until the client sends a ping. */
    private @Nullable Pongs pongs;

    private boolean ended;
    /** The client has ended its stream before its token was looked at. */
    private boolean endsEarly;
    /**
     * What came while the token was looked at. Reading goes on meanwhile, as only that shows that the client has gone, until there
     * is as much as {@link #MAX_TOKEN_FRAME}.
     */
    private @Nullable CompositeByteBuf early;

    private FrameHandler(
            NettyEndpoint endpoint,
            Peer peer,
            Greeting greeting,
            FrameSource frames,
            ChannelWire wire,
            WireFormat format) {
        this.endpoint = endpoint;
        this.peer = peer;
        this.frames = frames;
        Route route = new Route(
                wire.channel().eventLoop(), endpoint.outbox(wire.channel()), wire, format, greeting.visiblePings());
        this.dialogue = new Dialogue(endpoint, peer, greeting, route, this);
        this.wire = wire;
        frames.limit(Math.min(MAX_TOKEN_FRAME, endpoint.listening().limits().maxFrameBytes()));
    }

    /** After an upgrade. */
    static FrameHandler webSocket(NettyEndpoint endpoint, Peer peer, Greeting greeting, Channel channel) {
        FrameDecoder frames = new FrameDecoder(MAX_TOKEN_FRAME, greeting.deflate());
        return new FrameHandler(
                endpoint, peer, greeting, frames, new WebSocketWire(channel), WebSocketFormat.of(greeting));
    }

    /** From the first byte on. */
    static FrameHandler tcp(NettyEndpoint endpoint, Peer peer, TcpFormat format, Channel channel) {
        FrameSource frames = format.source(MAX_TOKEN_FRAME);
        return new FrameHandler(endpoint, peer, Greeting.NONE, frames, new TcpWire(channel, format), format);
    }

    /** Within a call of gRPC. */
    static FrameHandler grpc(NettyEndpoint endpoint, Peer peer, Greeting greeting, Channel channel) {
        FrameSource frames = new GrpcSource(GrpcSchema.CLIENT, MAX_TOKEN_FRAME);
        return new FrameHandler(endpoint, peer, greeting, frames, new GrpcWire(channel), GrpcFormat.PROTOBUF);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    private ClientConnection connection() {
        return dialogue.connection();
    }

    /** The connection is ready for frames. */
    void begin() {
        dialogue.begin();
    }

    @Override
    public void authenticated() {
        context().channel().config().setAutoRead(true);
    }

    @Override
    public void welcome() {
        frames.limit(endpoint.listening().limits().maxFrameBytes());
        connection().life().heard(frames.underWay());
        if (early != null) {
            ByteBuf bytes = early;
            early = null;
            channelRead(context(), bytes);
            flushPongs();
        }
        if (endsEarly) {
            inputEnded();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ignored, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            ReferenceCountUtil.release(message);
            return;
        }
        try {
            read(bytes);
        } catch (ProtocolViolation violation) {
            endpoint.failed(Fault.PROTOCOL, peer, violation.code().text());
            connection().fail(violation);
        } finally {
            bytes.release();
        }
    }

    private void read(ByteBuf bytes) throws ProtocolViolation {
        while (!dialogue.isAuthenticating() && !ended && !connection().isFailed()) {
            Frame frame = frames.next(bytes);
            if (frame == null) {
                connection().life().heard(frames.underWay());
                return;
            }
            receive(frame);
        }
        if (dialogue.isAuthenticating() && bytes.isReadable()) {
            keep(bytes);
        }
    }

    private void keep(ByteBuf bytes) {
        if (early == null) {
            early = Unpooled.compositeBuffer();
        }
        early.addComponent(true, bytes.readRetainedSlice(bytes.readableBytes()));
        if (early.readableBytes() > MAX_TOKEN_FRAME) {
            context().channel().config().setAutoRead(false);
        }
    }

    /** Once closing has begun, only the client's goodbye counts, and nothing after it. */
    private void receive(Frame frame) {
        if (frame.kind() == Frame.Kind.CLOSE) {
            ended = true;
            flushPongs();
            connection().closedByClient(frame.payload());
        } else if (connection().isOpen()) {
            switch (frame.kind()) {
                case TEXT -> dialogue.text(frame.payload());
                case BINARY -> dialogue.binary(frame.payload());
                case PING -> dialogue.counted(() -> pong(frame.payload()));
                default -> dialogue.counted(() -> {});
            }
        }
    }

    private void pong(byte[] ping) {
        if (pongs == null) {
            pongs = new Pongs(connection(), wire);
        }
        pongs.add(ping);
    }

    private void flushPongs() {
        if (pongs != null) {
            pongs.flush();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ignored) {
        flushPongs();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ignored) {
        connection().writabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ignored, Object event) {
        if (event instanceof CloseReason reason) {
            // The endpoint closes.
            connection().close(reason);
        } else if (event instanceof ChannelInputShutdownEvent) {
            inputEnded();
        }
    }

    /** Of a connection whose directions end separately: the end of what the client sends is its goodbye. */
    private void inputEnded() {
        if (dialogue.isAuthenticating()) {
            endsEarly = true;
        } else if (!ended) {
            ended = true;
            connection().closedByClient(NOTHING);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ignored) {
        if (connection().isOpen() && frames.underWay() > 0) {
            endpoint.failed(Fault.BROKEN, peer, "the connection ended in the middle of a message");
        }
        dialogue.disconnected();
        ReferenceCountUtil.release(early);
        early = null;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ignored, Throwable cause) {
        if (endpoint.failed(cause, peer)) {
            connection().disconnected();
            var _ = context().close();
        } else {
            LOG.error("a connection failed and was closed; other connections are not affected", cause);
            connection().closeNow(CloseReason.FAILED);
        }
    }
}
