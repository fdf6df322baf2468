package dev.signalbox.testing.simulator;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.AsciiString;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes on Netty's event loop, where nothing blocks: latency is a timer. One request of a connection at a time, so
 * no pipelining.
 *
 * <p>Netty and not the server's Helidon, because a benchmark on the same machine pays for the simulator as well:
 * about 30 µs of processor time per request where Helidon took 80.
 */
@Sharable
final class SmsHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(SmsHandler.class);
    private static final AsciiString KEY = AsciiString.cached("idempotency-key");

    private final SmsProvider provider;
    private final SmsControl control;

    SmsHandler(SmsProvider provider, SmsControl control) {
        this.provider = provider;
        this.control = control;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        if (request.method().equals(HttpMethod.POST) && request.uri().equals("/send")) {
            send(context, request, keepAlive);
        } else {
            var uri = new QueryStringDecoder(request.uri());
            var reply = control.answer(
                    request.method().name(), uri.path(), uri.parameters(), ByteBufUtil.getBytes(request.content()));
            reply(context, reply, keepAlive);
        }
    }

    private void send(ChannelHandlerContext context, FullHttpRequest request, boolean keepAlive) {
        var draw = provider.draw();
        var authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
        var key = request.headers().get(KEY);
        byte[] body = ByteBufUtil.getBytes(request.content());
        Runnable take = () -> reply(context, provider.send(draw, authorization, key, body), keepAlive);
        long latency = draw.latency().toNanos();
        if (latency == 0) {
            take.run();
        } else {
            context.executor().schedule(take, latency, TimeUnit.NANOSECONDS).addListener(done -> {
                if (!done.isSuccess()) {
                    exceptionCaught(context, done.cause());
                }
            });
        }
    }

    private static void reply(ChannelHandlerContext context, Reply reply, boolean keepAlive) {
        switch (reply) {
            case Reply.Answer answer -> write(context, answer, keepAlive);
            case Reply.Cut() -> close(context);
            case Reply.Hang() -> LOG.debug("leaving {} without an answer", context.channel());
        }
    }

    private static void write(ChannelHandlerContext context, Reply.Answer answer, boolean keepAlive) {
        byte[] body = answer.bytes();
        var response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), Unpooled.wrappedBuffer(body));
        var headers = response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
        answer.retryAfterSeconds().ifPresent(wait -> headers.set(HttpHeaderNames.RETRY_AFTER, wait));
        if (keepAlive) {
            context.writeAndFlush(response).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        } else {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("closing {}", context.channel(), cause);
        close(context);
    }

    private static void close(ChannelHandlerContext context) {
        context.close().addListener(done -> LOG.debug("closed {}", context.channel(), done.cause()));
    }
}
