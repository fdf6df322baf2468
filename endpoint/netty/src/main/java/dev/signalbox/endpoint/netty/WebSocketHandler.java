package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import dev.signalbox.router.ClientGateway.Admission;
import dev.signalbox.router.ClientSession;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Resumption;
import dev.signalbox.router.SessionStart;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
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
    /** Who has not shown a token yet has nothing else to say. */
    private static final int MAX_TOKEN_FRAME = 16 << 10;

    private final WebSocketEndpoint endpoint;
    private final Peer peer;
    private final Greeting greeting;
    private final RateLimit rate;
    private final FrameDecoder decoder;

    private @Nullable ChannelHandlerContext context;
    private @Nullable WebSocketConnection connection;
    private @Nullable Pongs pongs;
    private @Nullable Conversation conversation;
    private @Nullable ScheduledFuture<?> authenticationDeadline;
    /** Who looks at the token; interrupted when the connection ends first. */
    private @Nullable Thread authentication;

    private boolean authenticating;
    private boolean ended;
    /**
     * What came while the token was looked at. Reading goes on meanwhile, as only that shows that the client has gone, until there
     * is as much as {@link #MAX_TOKEN_FRAME}.
     */
    private @Nullable CompositeByteBuf early;

    WebSocketHandler(WebSocketEndpoint endpoint, Peer peer, Greeting greeting) {
        this.endpoint = endpoint;
        this.peer = peer;
        this.greeting = greeting;
        this.rate = new RateLimit(endpoint.options().limits().maxMessagesPerSecond(), System.nanoTime());
        this.decoder = new FrameDecoder(
                Math.min(MAX_TOKEN_FRAME, endpoint.options().limits().maxFrameBytes()), greeting.deflate());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        connection = new WebSocketConnection(
                added.channel(), endpoint.outbox(added.channel()), endpoint.options(), peer, greeting, this::closing);
        pongs = new Pongs(connection);
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    private WebSocketConnection connection() {
        return Objects.requireNonNull(connection);
    }

    private Pongs pongs() {
        return Objects.requireNonNull(pongs);
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
        greeting.token().ifPresent(token -> authenticate(token, greeting.start()));
    }

    private void authenticate(String token, SessionStart start) {
        authenticating = true;
        authentication = Thread.ofVirtual().name("authenticate").start(() -> lookAt(token, start));
    }

    private void lookAt(String token, SessionStart start) {
        try {
            endpoint.authentications().acquire();
            try {
                Optional<Principal> principal = endpoint.authenticator().authenticate(token);
                onLoop(() -> authenticated(principal, start));
            } finally {
                endpoint.authentications().release();
            }
        } catch (InterruptedException e) {
            LOG.debug("the connection of {} ended before its token was looked at", peer);
        } catch (Throwable e) {
            onLoop(() -> failedToAuthenticate(e));
        }
    }

    private void failedToAuthenticate(Throwable failure) {
        if (connection().isOpen()) {
            LOG.error("the authenticator failed; the client is disconnected", failure);
            connection().closeNow(CloseReason.FAILED);
        } else {
            LOG.debug("the authenticator was interrupted: the connection of {} had ended", peer, failure);
        }
    }

    private void stopAuthenticating() {
        if (authentication != null && authenticating) {
            authentication.interrupt();
        }
    }

    private void onLoop(Runnable work) {
        try {
            context().executor().execute(work);
        } catch (RejectedExecutionException e) {
            LOG.debug("the endpoint closed while {} was authenticated", peer);
        }
    }

    private void authenticated(Optional<Principal> principal, SessionStart start) {
        authenticating = false;
        context().channel().config().setAutoRead(true);
        if (!connection().isOpen()) {
            return;
        }
        principal.ifPresentOrElse(
                known -> connect(known, start), () -> connection().closeNow(CloseReason.UNAUTHENTICATED));
    }

    private void connect(Principal principal, SessionStart start) {
        cancelAuthenticationDeadline();
        switch (endpoint.gateway().connect(principal, connection(), start)) {
            case Admission.Refused(CloseReason reason) -> connection().closeNow(reason);
            case Admission.Admitted(ClientSession session) -> welcome(session);
        }
    }

    private void welcome(ClientSession session) {
        conversation = new Conversation(session, connection(), rate, greeting.targets());
        connection().onRoom(session::writable);
        decoder.limit(endpoint.options().limits().maxFrameBytes());
        // Straight to the channel: what the router has offered meanwhile waits in the outbox for this event loop.
        connection()
                .text(ServerFrames.welcome(
                        session, endpoint.options(), endpoint.gateway().maxPayloadBytes()));
        endpoint.outbox(context().channel()).join(connection());
        session.resumption()
                .flatMap(Resumption::resumed)
                .ifPresent(resumed -> endpoint.outbox(context().channel()).goOn(connection(), resumed));
        connection().heard(decoder.underWay());
        if (early != null) {
            ByteBuf bytes = early;
            early = null;
            channelRead(context(), bytes);
            pongs().flush();
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
        while (!authenticating && !ended && !connection().isFailed()) {
            Frame frame = decoder.next(bytes);
            if (frame == null) {
                connection().heard(decoder.underWay());
                return;
            }
            receive(frame);
        }
        if (authenticating && bytes.isReadable()) {
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
            pongs().flush();
            connection().closedByClient(frame.payload());
        } else if (connection().isOpen()) {
            switch (frame.kind()) {
                case TEXT -> text(frame.payload());
                case BINARY -> binary(frame.payload());
                case PING -> counted(() -> pongs().add(frame.payload()));
                default -> counted(() -> {});
            }
        }
    }

    private void counted(Runnable allowed) {
        if (rate.tryTake(System.nanoTime())) {
            allowed.run();
        } else {
            connection().closeNow(CloseReason.TOO_FAST);
        }
    }

    private void text(byte[] utf8) {
        connection().received();
        if (conversation != null) {
            conversation.text(utf8);
        } else {
            counted(() -> Conversation.auth(utf8)
                    .ifPresentOrElse(
                            auth -> authenticate(auth.token(), auth.start().orElse(greeting.start())),
                            () -> connection().closeNow(CloseReason.UNAUTHENTICATED)));
        }
    }

    private void binary(byte[] payload) {
        connection().received();
        Conversation current = conversation;
        if (current != null) {
            counted(() -> current.binary(payload));
        } else {
            connection().closeNow(CloseReason.UNAUTHENTICATED);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ignored) {
        pongs().flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ignored) {
        connection().writabilityChanged();
    }

    /** Closing begins, whoever wants it: the router is told at once and sends nothing more here. */
    private void closing(CloseReason reason) {
        cancelAuthenticationDeadline();
        stopAuthenticating();
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
        if (connection().isOpen() && decoder.underWay() > 0) {
            endpoint.failed(Fault.BROKEN, peer, "the connection ended in the middle of a message");
        }
        connection().disconnected();
        closing(CloseReason.GONE);
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
