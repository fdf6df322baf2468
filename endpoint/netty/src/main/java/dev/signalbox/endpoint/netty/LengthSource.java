package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Frames that begin with their length: four bytes, the highest first. */
final class LengthSource implements FrameSource {
    private final Gathering content = new Gathering(true);
    private int maxBytes;
    private long length;
    /** Bytes of the length that have come. */
    private int header;

    LengthSource(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    public @Nullable Frame next(ByteBuf in) throws ProtocolViolation {
        while (header < Integer.BYTES) {
            if (!in.isReadable()) {
                return null;
            }
            length = length << Byte.SIZE | in.readUnsignedByte();
            header++;
        }
        if (length > maxBytes) {
            throw ProtocolViolation.tooLarge(maxBytes);
        }
        content.append(in, Math.min((int) length - content.size(), in.readableBytes()), maxBytes);
        if (content.size() < length) {
            return null;
        }
        header = 0;
        length = 0;
        return content.end();
    }

    @Override
    public int underWay() {
        return header + content.size();
    }

    @Override
    public void limit(int bytes) {
        maxBytes = bytes;
    }
}
