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
import java.nio.charset.StandardCharsets;
import java.util.Optional;

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
        var api = request.method().equals(HttpMethod.POST) ? SmsProvider.api(request.uri()) : Optional.<SmsApi>empty();
        if (api.isPresent()) {
            send(context, request, api.get(), keepAlive);
            return;
        }
        var uri = new QueryStringDecoder(request.uri());
        var reply = control.answer(
                request.method().name(), uri.path(), uri.parameters(), ByteBufUtil.getBytes(request.content()));
        Replies.now(context, reply, keepAlive);
    }

    private void send(ChannelHandlerContext context, FullHttpRequest request, SmsApi api, boolean keepAlive) {
        var draw = provider.draw();
        var asked = new SmsApi.Request(
                request.uri(),
                request.headers().get(HttpHeaderNames.AUTHORIZATION, ""),
                Optional.ofNullable(request.headers().get(KEY)),
                request.content().toString(StandardCharsets.UTF_8));
        Replies.after(draw.latency().toNanos(), context, () -> provider.send(draw, api, asked), keepAlive);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Replies.failed(context, cause);
    }
}
