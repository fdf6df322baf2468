package dev.signalbox.testing.simulator;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.AsciiString;

/**
 * The routes on Netty's event loop. One request of a connection at a time, so
 * no pipelining.
 *
 * <p>Netty, because a benchmark on the same machine pays for the simulator as well: about 30 µs of processor time a request.
 */
@Sharable
final class SmsHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
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
            Replies.now(context, reply, keepAlive);
        }
    }

    private void send(ChannelHandlerContext context, FullHttpRequest request, boolean keepAlive) {
        var draw = provider.draw();
        var authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
        var key = request.headers().get(KEY);
        byte[] body = ByteBufUtil.getBytes(request.content());
        Replies.after(
                draw.latency().toNanos(), context, () -> provider.send(draw, authorization, key, body), keepAlive);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Replies.failed(context, cause);
    }
}
