package dev.signalbox.endpoint.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;

/** A gRPC call. The close code is told in a frame, as the status has no room for it, and the status ends the call. */
final class GrpcWire extends ChannelWire {
    GrpcWire(Channel channel) {
        super(channel);
    }

    /** A frame, and not a ping of HTTP/2: that would be answered by a proxy in between, or by a client that does not read. */
    @Override
    public void ping() {
        write(LoopOutbox.frame(ServerFrames.ping(), GrpcFormat.PROTOBUF));
        flush();
    }

    @Override
    public void goodbye(CloseCode code) {
        write(LoopOutbox.frame(ServerFrames.close(code), GrpcFormat.PROTOBUF));
        var _ = channel().writeAndFlush(GrpcStatus.of(code).trailers());
    }

    @Override
    public void fail(CloseCode code) {
        goodbye(code);
    }

    @Override
    public void farewell(byte[] status, boolean answer) {
        if (answer) {
            channel().writeAndFlush(GrpcStatus.OK.trailers()).addListener(ChannelFutureListener.CLOSE);
        } else {
            close();
        }
    }
}
