package dev.signalbox.endpoint.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;

/** Plain TCP: all that is said is a frame of the protocol, and the end of a direction is the end of its stream. */
final class TcpWire extends ChannelWire {
    private final TcpFormat format;

    TcpWire(Channel channel, TcpFormat format) {
        super(channel);
        this.format = format;
    }

    @Override
    public void ping() {
        write(LoopOutbox.frame(ServerFrames.ping(), format));
        flush();
    }

    @Override
    public void goodbye(CloseCode code) {
        writeAndFlush(LoopOutbox.frame(ServerFrames.close(code), format))
                .addListener((ChannelFutureListener) HalfClose::output);
    }

    @Override
    public void fail(CloseCode code) {
        goodbye(code);
    }

    @Override
    public void farewell(byte[] status, boolean answer) {
        writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
}
