package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;

/** A wire that is one channel. */
abstract class ChannelWire implements Wire {
    private final Channel channel;

    ChannelWire(Channel channel) {
        this.channel = channel;
    }

    final Channel channel() {
        return channel;
    }

    @Override
    public final boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public final void write(ByteBuf frames) {
        var _ = channel.write(frames, channel.voidPromise());
        if (!channel.isWritable()) {
            // More than may wait, unless the socket only needs to be told.
            channel.flush();
        }
    }

    @Override
    public final void flush() {
        channel.flush();
    }

    /** The future tells when the network has it. */
    final ChannelFuture writeAndFlush(ByteBuf frames) {
        return channel.writeAndFlush(frames);
    }

    @Override
    public final void close() {
        var _ = channel.close();
    }
}
