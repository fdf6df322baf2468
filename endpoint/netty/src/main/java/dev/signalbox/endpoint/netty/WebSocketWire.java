package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.nio.charset.StandardCharsets;

/** Control frames of RFC 6455. */
final class WebSocketWire extends ChannelWire {
    WebSocketWire(Channel channel) {
        super(channel);
    }

    @Override
    public void ping() {
        ByteBuf frame = Unpooled.buffer(2);
        FrameEncoder.header(FrameEncoder.PING, 0, frame);
        write(frame);
        flush();
    }

    /** Then the client closes, too (7.1.1). */
    @Override
    public void goodbye(CloseCode code) {
        var _ = writeAndFlush(closeFrame(code));
    }

    /** Does not wait for an answer, which could not be read (7.1.7). */
    @Override
    public void fail(CloseCode code) {
        writeAndFlush(closeFrame(code)).addListener((ChannelFutureListener) HalfClose::output);
    }

    /** Answers with the client's own status code (5.5.1). */
    @Override
    public void farewell(byte[] status, boolean answer) {
        ByteBuf frame = Unpooled.buffer(Short.BYTES + 2);
        if (answer) {
            FrameEncoder.frame(FrameEncoder.CLOSE, status, Math.min(status.length, Short.BYTES), frame);
        }
        writeAndFlush(frame).addListener(ChannelFutureListener.CLOSE);
    }

    private static ByteBuf closeFrame(CloseCode code) {
        byte[] text = code.text().getBytes(StandardCharsets.UTF_8);
        ByteBuf frame = Unpooled.buffer(text.length + 4);
        FrameEncoder.header(FrameEncoder.CLOSE, text.length + 2, frame);
        return frame.writeShort(code.code()).writeBytes(text);
    }
}
