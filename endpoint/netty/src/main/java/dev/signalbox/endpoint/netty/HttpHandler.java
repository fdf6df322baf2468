package dev.signalbox.endpoint.netty;

import dev.signalbox.router.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the HTTP request that a connection begins with: an upgrade, a health check, or a mistake. */
final class HttpHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(HttpHandler.class);
    private static final HttpResponseStatus OK = HttpResponseStatus.OK;

    private final WebSocketEndpoint endpoint;
    private @Nullable ScheduledFuture<?> deadline;
    private ConnectionCounter.Verdict verdict = ConnectionCounter.Verdict.OK;

    HttpHandler(WebSocketEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        InetAddress address = ((InetSocketAddress) context.channel().remoteAddress()).getAddress();
        verdict = endpoint.connections().add(address);
        context.channel()
                .closeFuture()
                .addListener(closed -> endpoint.connections().remove(address));
        long patience = endpoint.options().timeouts().handshake().toNanos();
        deadline = context.executor().schedule(() -> close(context), patience, TimeUnit.NANOSECONDS);
        context.fireChannelActive();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        QueryStringDecoder url = new QueryStringDecoder(request.uri());
        if (url.path().equals("/health") && request.method().equals(HttpMethod.GET)) {
            respond(context, OK, "{\"status\":\"up\"}");
        } else if (!url.path().equals(endpoint.options().path())) {
            refuse(
                    context,
                    HttpResponseStatus.NOT_FOUND,
                    "WebSocket clients connect to " + endpoint.options().path());
        } else if (!isUpgrade(request)) {
            refuse(context, HttpResponseStatus.UPGRADE_REQUIRED, "connect with a WebSocket client (RFC 6455)");
        } else {
            admit(context, request, url);
        }
    }

    private static boolean isUpgrade(FullHttpRequest request) {
        return request.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
    }

    private void admit(ChannelHandlerContext context, FullHttpRequest request, QueryStringDecoder url) {
        switch (verdict) {
            case TOO_MANY ->
                refuse(
                        context,
                        HttpResponseStatus.SERVICE_UNAVAILABLE,
                        "this node has reached its limit of clients; try again later, or connect to another node");
            case TOO_MANY_FROM_ADDRESS ->
                refuse(
                        context,
                        HttpResponseStatus.TOO_MANY_REQUESTS,
                        "too many connections from your address; close some, or try again later");
            case OK -> upgrade(context, request, url);
        }
    }

    private void upgrade(ChannelHandlerContext context, FullHttpRequest request, QueryStringDecoder url) {
        WebSocketServerHandshaker handshaker =
                new WebSocketServerHandshakerFactory(url.path(), null, decoderConfig()).newHandshaker(request);
        if (handshaker == null) {
            var _ = WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(context.channel());
            return;
        }
        try {
            Greeting greeting = Greeting.of(request, url);
            WebSocketHandler handler = new WebSocketHandler(endpoint, greeting);
            context.pipeline()
                    .addLast(new WebSocketFrameAggregator(
                            endpoint.options().limits().maxFrameBytes()))
                    .addLast(handler);
            var _ = handshaker.handshake(context.channel(), request).addListener(done -> {
                if (done.isSuccess()) {
                    upgraded(context, handler);
                }
            });
        } catch (WebSocketHandshakeException | IllegalArgumentException e) {
            refuse(context, HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
        }
    }

    private WebSocketDecoderConfig decoderConfig() {
        return WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(endpoint.options().limits().maxFrameBytes())
                .allowExtensions(false)
                .closeOnProtocolViolation(false)
                .withUTF8Validator(false)
                .build();
    }

    private void upgraded(ChannelHandlerContext context, WebSocketHandler handler) {
        cancelDeadline();
        // Frames are encoded by us, once for many connections; this one has nothing to do.
        context.pipeline().remove("wsencoder");
        context.pipeline().remove(RequestGuard.class);
        context.pipeline().remove(this);
        handler.begin();
    }

    private static void close(ChannelHandlerContext context) {
        var _ = context.close();
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    static void refuse(ChannelHandlerContext context, HttpResponseStatus status, String message) {
        String json = new String(
                new JsonBytes().raw("{\"error\":").string(message).raw("}").copy(), StandardCharsets.UTF_8);
        respond(context, status, json);
    }

    private static void respond(ChannelHandlerContext context, HttpResponseStatus status, String json) {
        ByteBuf body = Unpooled.copiedBuffer(json, StandardCharsets.UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (status.equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
            response.headers().set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
        }
        var _ = context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    /** The endpoint closes. Once there is a WebSocket, it says goodbye by itself. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof CloseReason && context.pipeline().get(WebSocketHandler.class) == null) {
            close(context);
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug(
                "a connection from {} broke before its WebSocket handshake was done",
                context.channel().remoteAddress(),
                cause);
        close(context);
    }
}
