package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import dev.signalbox.router.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The requests of clients over HTTP on one connection: a stream of events, or any number of others, one after another. For the
 * connection's event loop.
 */
final class EventHandler extends ChannelInboundHandlerAdapter {
    private final NettyEndpoint endpoint;
    private final EventSessions sessions;
    private final Peer peer;
    private final EventAnswers answers;
    private @Nullable HttpRequest request;
    private @Nullable ByteBuf body;
    private @Nullable EventSession stream;
    private @Nullable ScheduledFuture<?> deadline;
    /** A request is being answered, or the last one was. */
    private boolean busy;

    EventHandler(NettyEndpoint endpoint, EventSessions sessions, Peer peer) {
        this.endpoint = endpoint;
        this.sessions = sessions;
        this.peer = peer;
        this.answers = new EventAnswers(sessions.options());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        closeAfter(context, endpoint.listening().timeouts().handshake());
    }

    private void closeAfter(ChannelHandlerContext context, Duration patience) {
        cancelDeadline();
        deadline = context.executor().schedule(() -> close(context), patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    private static void close(ChannelHandlerContext context) {
        var _ = context.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (message instanceof HttpRequest next) {
                begin(context, next);
            }
            if (message instanceof HttpContent content && request != null) {
                take(context, request, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(ChannelHandlerContext context, HttpRequest next) {
        if (busy || request != null) {
            // Requests that do not wait for the answer of the one before.
            close(context);
            return;
        }
        Optional<HttpAnswer> fault =
                RequestGuard.fault(next, next.method().equals(HttpMethod.POST)).or(() -> tooLarge(next));
        if (fault.isPresent()) {
            refuse(context, next, fault.get());
        } else {
            request = next;
        }
    }

    /** Then the client's session ends, too, as over other transports. */
    private Optional<HttpAnswer> tooLarge(HttpRequest next) {
        int most = endpoint.listening().limits().maxFrameBytes();
        if (RequestGuard.length(next) <= most) {
            return Optional.empty();
        }
        sessions.find(EventAnswers.secret(next))
                .ifPresent(
                        session -> session.execute(() -> session.connection().fail(ProtocolViolation.tooLarge(most))));
        return Optional.of(HttpAnswer.error(
                HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large: at most " + most + " bytes"));
    }

    private void take(ChannelHandlerContext context, HttpRequest current, HttpContent content) {
        if (body == null) {
            body = Unpooled.buffer();
        }
        body.writeBytes(content.content());
        if (content instanceof LastHttpContent) {
            byte[] json = ByteBufUtil.getBytes(body);
            body.release();
            body = null;
            request = null;
            busy = true;
            cancelDeadline();
            handle(context, current, json);
        }
    }

    private void handle(ChannelHandlerContext context, HttpRequest current, byte[] json) {
        QueryStringDecoder url = new QueryStringDecoder(current.uri());
        if (!url.path().equals(sessions.options().path())) {
            refuse(
                    context,
                    current,
                    HttpAnswer.error(
                            HttpResponseStatus.NOT_FOUND,
                            "on this connection, only " + sessions.options().path() + " is served"));
            return;
        }
        switch (current.method().name()) {
            case "GET" -> stream(context, current, url);
            case "POST" -> post(context, current, json);
            case "DELETE" -> delete(context, current);
            case "OPTIONS" -> done(context, answers.preflight(current));
            default ->
                refuse(
                        context,
                        current,
                        HttpAnswer.error(
                                        HttpResponseStatus.METHOD_NOT_ALLOWED,
                                        "allowed are GET, POST, DELETE and OPTIONS")
                                .with("allow", "GET, POST, DELETE, OPTIONS"));
        }
    }

    /** Begins a stream, or goes on with one that was lost. */
    private void stream(ChannelHandlerContext context, HttpRequest current, QueryStringDecoder url) {
        Greeting greeting;
        try {
            greeting = Greeting.of(current, url, Optional.empty(), false);
        } catch (IllegalArgumentException e) {
            refuse(context, current, HttpAnswer.error(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage())));
            return;
        }
        Optional<EventSessions.Place> place = sessions.place(EventAnswers.lastEventId(current, url));
        place.ifPresentOrElse(
                known -> resume(context, current, greeting, known), () -> open(context, current, greeting));
    }

    private void open(ChannelHandlerContext context, HttpRequest current, Greeting greeting) {
        Optional<EventSession> session = sessions.open(peer, greeting, context.channel());
        if (session.isEmpty()) {
            refuse(
                    context,
                    current,
                    HttpAnswer.error(
                            HttpResponseStatus.SERVICE_UNAVAILABLE,
                            "this node has reached its limit of clients; try again later, or connect to another"
                                    + " node"));
            return;
        }
        stream = session.get();
        var _ = context.writeAndFlush(answers.stream(current));
        stream.begin(context.channel());
    }

    private void resume(
            ChannelHandlerContext context, HttpRequest current, Greeting greeting, EventSessions.Place place) {
        EventSession session = place.session();
        var _ = context.writeAndFlush(answers.stream(current));
        session.execute(() -> {
            boolean resumed = session.resume(context.channel(), place.after());
            context.executor().execute(() -> resumed(context, greeting, session, resumed));
        });
    }

    /** What is lost is lost: a client that comes back too late begins anew, on the same stream. */
    private void resumed(ChannelHandlerContext context, Greeting greeting, EventSession session, boolean resumed) {
        if (resumed && context.channel().isActive()) {
            stream = session;
        } else if (resumed) {
            session.execute(() -> session.lost(context.channel()));
        } else {
            sessions.open(peer, greeting, context.channel())
                    .ifPresentOrElse(
                            fresh -> {
                                stream = fresh;
                                fresh.begin(context.channel());
                            },
                            () -> close(context));
        }
    }

    private void post(ChannelHandlerContext context, HttpRequest current, byte[] json) {
        Optional<EventSession> session = sessions.find(EventAnswers.secret(current));
        if (session.isEmpty()) {
            refuse(context, current, EventAnswers.unknown());
            return;
        }
        session.get()
                .execute(() -> session.get()
                        .receive(
                                json,
                                taken -> context.executor().execute(() -> {
                                    if (taken) {
                                        done(context, answers.taken(current));
                                    } else {
                                        refuse(context, current, EventAnswers.unknown());
                                    }
                                })));
    }

    private void delete(ChannelHandlerContext context, HttpRequest current) {
        sessions.find(EventAnswers.secret(current)).ifPresent(session -> session.execute(session::leave));
        done(context, answers.taken(current));
    }

    /** Answered; the next request may come. From a proxy it may be another client's, which counts for itself. */
    private void done(ChannelHandlerContext context, ByteBuf answer) {
        if (peer.isProxy()) {
            var _ = context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
        } else {
            busy = false;
            closeAfter(context, endpoint.listening().timeouts().idle());
            var _ = context.writeAndFlush(answer);
        }
    }

    /** Then nothing more is read, but a client that is still writing is let finish, or the answer would be lost to it. */
    private void refuse(ChannelHandlerContext context, HttpRequest current, HttpAnswer answer) {
        busy = true;
        endpoint.failed(Fault.HANDSHAKE_REFUSED, peer, answer.json());
        closeAfter(context, endpoint.listening().timeouts().close());
        var _ = context.writeAndFlush(answers.allowed(current, answer).encode())
                .addListener((ChannelFutureListener) HalfClose::output);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        EventSession session = stream;
        if (session != null) {
            session.execute(() -> session.connection().writabilityChanged());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cancelDeadline();
        ReferenceCountUtil.release(body);
        body = null;
        EventSession session = stream;
        if (session != null) {
            session.execute(() -> session.lost(context.channel()));
        }
    }

    /** The endpoint closes. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof CloseReason && stream == null) {
            close(context);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        endpoint.failed(cause, peer);
        close(context);
    }
}
