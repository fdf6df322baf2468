package dev.signalbox.endpoint.netty;

import dev.signalbox.router.ClientGateway.Admission;
import dev.signalbox.router.ClientIdentity;
import dev.signalbox.router.ClientSession;
import dev.signalbox.router.CloseReason;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection, from the upgrade to the end: authentication, then frames, which {@link Conversation} understands.
 * Everything here happens on the connection's event loop, except the {@link dev.signalbox.router.Authenticator}.
 */
final class WebSocketHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketHandler.class);

    private final WebSocketEndpoint endpoint;
    private final Greeting greeting;
    private final RateLimit rate;
    /** What came while the token was looked at. Reading is off by then, so it is what one read brought. */
    private final Queue<WebSocketFrame> early = new ArrayDeque<>();

    private @Nullable ChannelHandlerContext context;
    private @Nullable WebSocketConnection connection;
    private @Nullable Conversation conversation;
    private @Nullable ScheduledFuture<?> authenticationDeadline;
    private boolean authenticating;

    WebSocketHandler(WebSocketEndpoint endpoint, Greeting greeting) {
        this.endpoint = endpoint;
        this.greeting = greeting;
        // From the start, so that no frame slips in between the upgrade and the look at the token.
        this.authenticating = greeting.token().isPresent();
        this.rate = new RateLimit(endpoint.options().limits().maxMessagesPerSecond(), System.nanoTime());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        connection = new WebSocketConnection(
                added.channel(), endpoint.outbox(added.channel()), endpoint.options(), greeting.raw(), this::closing);
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    private WebSocketConnection connection() {
        return Objects.requireNonNull(connection);
    }

    /** The upgrade is done. */
    void begin() {
        long patience = endpoint.options().timeouts().authentication().toNanos();
        authenticationDeadline = context()
                .executor()
                .schedule(
                        () -> connection().closeNow(CloseReason.AUTHENTICATION_TIMEOUT),
                        patience,
                        TimeUnit.NANOSECONDS);
        greeting.token().ifPresent(this::authenticate);
    }

    private void authenticate(String token) {
        authenticating = true;
        context().channel().config().setAutoRead(false);
        Thread.ofVirtual().name("authenticate").start(() -> {
            try {
                Optional<ClientIdentity> identity = endpoint.authenticator().authenticate(token);
                context().executor().execute(() -> authenticated(identity));
            } catch (RuntimeException e) {
                LOG.error("the authenticator failed; the client is disconnected", e);
                context().executor().execute(() -> connection().closeNow(CloseReason.FAILED));
            }
        });
    }

    private void authenticated(Optional<ClientIdentity> identity) {
        authenticating = false;
        context().channel().config().setAutoRead(true);
        if (!connection().isOpen()) {
            return;
        }
        identity.ifPresentOrElse(this::connect, () -> connection().closeNow(CloseReason.UNAUTHENTICATED));
    }

    private void connect(ClientIdentity identity) {
        cancelAuthenticationDeadline();
        switch (endpoint.gateway().connect(identity, connection())) {
            case Admission.Refused(CloseReason reason) -> connection().closeNow(reason);
            case Admission.Admitted(ClientSession session) -> welcome(identity, session);
        }
    }

    private void welcome(ClientIdentity identity, ClientSession session) {
        conversation = new Conversation(session, connection(), greeting.targets());
        // Straight to the channel: what the router has offered meanwhile waits in the outbox for this event loop.
        connection()
                .text(ServerFrames.welcome(
                        identity.id(), endpoint.options(), endpoint.gateway().maxPayloadBytes()));
        endpoint.outbox(context().channel()).join(connection());
        connection().heard();
        for (WebSocketFrame frame = early.poll(); frame != null; frame = early.poll()) {
            receive(frame);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ignored, Object message) {
        if (!(message instanceof WebSocketFrame frame) || !isWanted(frame)) {
            ReferenceCountUtil.release(message);
        } else if (authenticating) {
            early.add(frame);
        } else {
            receive(frame);
        }
    }

    /** Once closing has begun, only the client's goodbye counts. */
    private boolean isWanted(WebSocketFrame frame) {
        return connection().isOpen() || frame instanceof CloseWebSocketFrame;
    }

    private void receive(WebSocketFrame frame) {
        try {
            connection().heard();
            switch (frame) {
                case TextWebSocketFrame text -> text(text);
                case BinaryWebSocketFrame binary -> binary(binary);
                case PingWebSocketFrame ping -> connection().control(FrameEncoder.PONG, ping.content());
                case PongWebSocketFrame _ -> LOG.trace("pong");
                case CloseWebSocketFrame _ -> connection().closedByClient();
                default -> connection().closeNow(CloseReason.MALFORMED);
            }
        } finally {
            frame.release();
        }
    }

    private void text(TextWebSocketFrame frame) {
        if (!rate.tryTake(System.nanoTime())) {
            connection().closeNow(CloseReason.TOO_FAST);
        } else if (conversation != null) {
            conversation.text(FrameReader.bytes(frame.content()));
        } else {
            Conversation.token(FrameReader.bytes(frame.content()))
                    .ifPresentOrElse(this::authenticate, () -> connection().closeNow(CloseReason.UNAUTHENTICATED));
        }
    }

    private void binary(BinaryWebSocketFrame frame) {
        if (!rate.tryTake(System.nanoTime())) {
            connection().closeNow(CloseReason.TOO_FAST);
        } else if (conversation != null) {
            conversation.binary(FrameReader.bytes(frame.content()));
        } else {
            connection().closeNow(CloseReason.UNAUTHENTICATED);
        }
    }

    /** Closing begins, whoever wants it: the router is told at once and sends nothing more here. */
    private void closing(CloseReason reason) {
        cancelAuthenticationDeadline();
        if (conversation != null) {
            conversation.ended(reason);
        }
    }

    private void cancelAuthenticationDeadline() {
        if (authenticationDeadline != null) {
            authenticationDeadline.cancel(false);
        }
    }

    /** The endpoint closes. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ignored, Object event) {
        if (event instanceof CloseReason reason) {
            connection().close(reason);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ignored) {
        connection().disconnected();
        closing(CloseReason.GONE);
        early.forEach(ReferenceCountUtil::release);
        early.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ignored, Throwable cause) {
        switch (cause) {
            case TooLongFrameException _ -> giveUp(CloseReason.TOO_LARGE);
            case CorruptedWebSocketFrameException corrupted ->
                giveUp(
                        corrupted.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)
                                ? CloseReason.TOO_LARGE
                                : CloseReason.MALFORMED);
            case IOException _ -> closeChannel();
            default -> {
                LOG.error("a connection failed and was closed; other connections are not affected", cause);
                giveUp(CloseReason.FAILED);
            }
        }
    }

    private void closeChannel() {
        var _ = context().close();
    }

    /** There is no telling where the next frame would begin: what still comes in is thrown away. */
    private void giveUp(CloseReason reason) {
        if (context().pipeline().get(WebSocket13FrameDecoder.class) != null) {
            context().pipeline().remove(WebSocket13FrameDecoder.class);
        }
        connection().closeNow(reason);
    }
}
