package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import dev.signalbox.endpoint.netty.ListenerOptions.AddressSource;
import dev.signalbox.endpoint.netty.Peer.Verdict;
import dev.signalbox.router.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Answers the HTTP request that a connection begins with, once. After an upgrade it hands over to {@link FrameHandler}. */
final class HttpHandler extends ChannelInboundHandlerAdapter {
    /** How long a refused connection has for its request. */
    private static final Duration REFUSED = Duration.ofSeconds(2);

    private final WebSocketEndpoint endpoint;
    private final Peer peer;
    private @Nullable ScheduledFuture<?> deadline;
    private boolean answered;

    HttpHandler(WebSocketEndpoint endpoint, Peer peer) {
        this.endpoint = endpoint;
        this.peer = peer;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        Duration patience =
                peer.verdict() == Verdict.OK ? endpoint.listening().timeouts().handshake() : REFUSED;
        deadline = context.executor().schedule(() -> late(context), patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void late(ChannelHandlerContext context) {
        if (!answered && peer.verdict() == Verdict.OK) {
            endpoint.failed(Fault.HANDSHAKE_TIMEOUT, peer, "no complete request came in time");
        }
        close(context);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (message instanceof HttpRequest request
                    && !answered
                    && context.channel().isActive()) {
                answered = true;
                answer(context, request);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void answer(ChannelHandlerContext context, HttpRequest request) {
        if (peer.isProxy() && endpoint.listening().proxies().source() != AddressSource.PROXY_PROTOCOL) {
            ForwardedHeader.client(
                            request.headers()::getAll, endpoint.listening().proxies())
                    .ifPresentOrElse(peer::forwardedFor, peer::count);
            if (!endpoint.admits(peer)) {
                close(context);
                return;
            }
        }
        switch (endpoint.handshake().outcome(request)) {
            case Handshake.Outcome.Answer(HttpAnswer http) -> {
                if (!http.status().equals(HttpResponseStatus.OK)) {
                    endpoint.failed(Fault.HANDSHAKE_REFUSED, peer, http.json());
                }
                respond(context, http);
            }
            case Handshake.Outcome.Events() -> admit(context, () -> serve(context, request));
            case Handshake.Outcome.Upgrade(Greeting greeting, ByteBuf response) ->
                admit(context, () -> upgrade(context, greeting, response));
        }
    }

    private void admit(ChannelHandlerContext context, Runnable admitted) {
        switch (peer.verdict()) {
            case OK -> admitted.run();
            case TOO_MANY ->
                respond(
                        context,
                        HttpAnswer.error(
                                HttpResponseStatus.SERVICE_UNAVAILABLE,
                                "this node has reached its limit of clients; try again later, or connect to another"
                                        + " node"));
            case TOO_MANY_FROM_ADDRESS ->
                respond(
                        context,
                        HttpAnswer.error(
                                HttpResponseStatus.TOO_MANY_REQUESTS,
                                "too many connections from your address; close some, or try again later"));
        }
    }

    /** What the client has sent right behind its request, the decoder hands on when it is removed. */
    private void upgrade(ChannelHandlerContext context, Greeting greeting, ByteBuf response) {
        cancelDeadline();
        FrameHandler handler = FrameHandler.webSocket(endpoint, peer, greeting, context.channel());
        context.pipeline().addLast(handler);
        // Flushed once, with the first frame of a client that is welcome at once.
        var _ = context.write(response);
        handler.begin();
        context.flush();
        context.pipeline().remove(this);
        context.pipeline().remove(HttpRequestDecoder.class);
    }

    /** This request and those that follow on the same connection are another handler's. */
    private void serve(ChannelHandlerContext context, HttpRequest request) {
        EventHandler handler = new EventHandler(endpoint, endpoint.events(), peer);
        context.pipeline().addLast(handler);
        context.fireChannelRead(ReferenceCountUtil.retain(request));
        context.pipeline().remove(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        cancelDeadline();
    }

    /** Then nothing more is read, but a client that is still writing is let finish, or the answer would be lost to it. */
    private void respond(ChannelHandlerContext context, HttpAnswer answer) {
        var _ = context.writeAndFlush(answer.encode()).addListener((ChannelFutureListener) HalfClose::output);
        cancelDeadline();
        long patience = endpoint.listening().timeouts().close().toNanos();
        deadline = context.executor().schedule(() -> close(context), patience, TimeUnit.NANOSECONDS);
    }

    private static void close(ChannelHandlerContext context) {
        var _ = context.close();
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cancelDeadline();
        context.fireChannelInactive();
    }

    /** The endpoint closes. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof CloseReason) {
            close(context);
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        endpoint.failed(cause, peer);
        close(context);
    }
}
