package dev.signalbox.testing.simulator;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out replies on the connection's event loop, where nothing blocks: latency is a timer. */
final class Replies {
    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);

    private Replies() {}

    /** The reply is made when its time has come. */
    static void after(long nanos, ChannelHandlerContext context, Supplier<Reply> reply, boolean keepAlive) {
        if (nanos == 0) {
            now(context, reply.get(), keepAlive);
            return;
        }
        Runnable task = () -> now(context, reply.get(), keepAlive);
        context.executor().schedule(task, nanos, TimeUnit.NANOSECONDS).addListener(done -> {
            if (!done.isSuccess()) {
                failed(context, done.cause());
            }
        });
    }

    static void now(ChannelHandlerContext context, Reply reply, boolean keepAlive) {
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
        if (answer.status() / 100 == 3) {
            headers.set(HttpHeaderNames.LOCATION, "http://127.0.0.1:1/elsewhere");
        }
        if (keepAlive) {
            context.writeAndFlush(response).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        } else {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
        }
    }

    static void failed(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("closing {}", context.channel(), cause);
        close(context);
    }

    private static void close(ChannelHandlerContext context) {
        context.close().addListener(done -> LOG.debug("closed {}", context.channel(), done.cause()));
    }
}
