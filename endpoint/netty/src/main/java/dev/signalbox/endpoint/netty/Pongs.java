package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Answers to pings. Of many that come at once, and of those that come while earlier answers still wait to be sent, the latest is
 * answered and a few before it, as RFC 6455 (5.5.3) allows: pings cannot pile up pongs. For the connection's event loop.
 */
final class Pongs {
    private static final int AT_ONCE = 16;

    private final ClientConnection connection;
    private final ChannelWire wire;
    private @Nullable ByteBuf frames;
    private int count;
    private int latest;
    private boolean writing;

    Pongs(ClientConnection connection, ChannelWire wire) {
        this.connection = connection;
        this.wire = wire;
    }

    void add(byte[] ping) {
        ByteBuf out = frames == null ? Unpooled.buffer() : frames;
        if (count < AT_ONCE) {
            latest = out.writerIndex();
            count++;
        } else {
            out.writerIndex(latest);
        }
        FrameEncoder.frame(FrameEncoder.PONG, ping, ping.length, out);
        frames = out;
    }

    void flush() {
        if (frames != null && !writing && connection.isOpen()) {
            ByteBuf out = frames;
            frames = null;
            count = 0;
            writing = true;
            wire.writeAndFlush(out).addListener(done -> {
                writing = false;
                flush();
            });
        }
    }
}
