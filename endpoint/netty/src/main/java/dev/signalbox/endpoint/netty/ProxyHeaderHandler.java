package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/** Takes the PROXY header off the front of a connection, then leaves. */
final class ProxyHeaderHandler extends ByteToMessageDecoder {
    private final StreamEndpoint endpoint;
    private final Peer peer;

    ProxyHeaderHandler(StreamEndpoint endpoint, Peer peer) {
        this.endpoint = endpoint;
        this.peer = peer;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        try {
            ProxyHeader header = ProxyHeader.read(in);
            if (header != null) {
                header.client().ifPresentOrElse(peer::forwardedFor, peer::count);
                if (!endpoint.admits(peer)) {
                    var _ = context.close();
                }
                context.pipeline().remove(this);
            }
        } catch (IllegalArgumentException e) {
            endpoint.failed(Fault.PROXY_HEADER, peer, String.valueOf(e.getMessage()));
            in.skipBytes(in.readableBytes());
            var _ = context.close();
        }
    }
}
