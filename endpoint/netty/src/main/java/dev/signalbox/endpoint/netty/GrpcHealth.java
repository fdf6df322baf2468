package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Answers a check of {@code grpc.health.v1.Health}: the message of the request has the name of a service in its first field, that of
 * the answer a number. For one call, on its event loop.
 */
final class GrpcHealth {
    private static final Set<String> SERVICES = Set.of("", "signalbox.v1.Clients");
    /** More than any name that is known takes. */
    private static final int MOST = 128;

    private static final int SERVICE_TAG = (1 << 3) | GrpcSchema.LENGTH;
    private static final int STATUS_TAG = 1 << 3;
    private static final int SERVING = 1;
    private static final int NOT_SERVING = 2;

    private final ByteBuf request = Unpooled.buffer(MOST, MOST);

    void read(ByteBuf bytes) {
        request.writeBytes(bytes, Math.min(bytes.readableBytes(), request.writableBytes()));
    }

    void answer(ChannelHandlerContext context, boolean serving) {
        if (!SERVICES.contains(service())) {
            context.writeAndFlush(GrpcStatus.noSuchService().refusal()).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        ByteBuf answer = Unpooled.buffer()
                .writeByte(0)
                .writeInt(2)
                .writeByte(STATUS_TAG)
                .writeByte(serving ? SERVING : NOT_SERVING);
        var _ = context.write(new DefaultHttp2HeadersFrame(
                new DefaultHttp2Headers().status("200").set("content-type", GrpcStatus.CONTENT_TYPE)));
        var _ = context.write(new DefaultHttp2DataFrame(answer));
        context.writeAndFlush(GrpcStatus.OK.trailers()).addListener(ChannelFutureListener.CLOSE);
    }

    /** Empty for the server as a whole; {@code ?}, which is no service, for a request that cannot be read. */
    private String service() {
        int at = GrpcFormat.HEADER;
        if (request.readableBytes() <= at) {
            return "";
        }
        boolean named = request.readableBytes() >= at + 2 && request.getByte(at) == SERVICE_TAG;
        int length = named ? request.getByte(at + 1) : -1;
        return length == request.readableBytes() - at - 2
                ? request.toString(at + 2, length, StandardCharsets.UTF_8)
                : "?";
    }
}
