package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Frames that are lines. A carriage return before the line feed is white space to JSON. */
final class LineSource implements FrameSource {
    private final Gathering line = new Gathering(true);
    private int maxBytes;

    LineSource(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    public @Nullable Frame next(ByteBuf in) throws ProtocolViolation {
        int count = in.bytesBefore((byte) '\n');
        if (count < 0) {
            line.append(in, in.readableBytes(), maxBytes);
            return null;
        }
        line.append(in, count, maxBytes);
        in.skipBytes(1);
        return line.end();
    }

    @Override
    public int underWay() {
        return line.size();
    }

    @Override
    public void limit(int bytes) {
        maxBytes = bytes;
    }
}
