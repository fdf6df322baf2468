package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Reads the messages of a gRPC stream, each a frame in protobuf. */
final class GrpcSource implements FrameSource {
    private final Gathering content = new Gathering(false);
    private final GrpcSchema.Shape frames;
    private int maxBytes;
    private long length;
    /** Bytes that have come of what stands before a message. */
    private int header;

    /** {@code frames} is who speaks. */
    GrpcSource(GrpcSchema.Shape frames, int maxBytes) {
        this.frames = frames;
        this.maxBytes = maxBytes;
    }

    @Override
    public @Nullable Frame next(ByteBuf in) throws ProtocolViolation {
        while (header < GrpcFormat.HEADER) {
            if (!in.isReadable()) {
                return null;
            }
            length = length << Byte.SIZE | in.readUnsignedByte();
            header++;
            if (header == 1 && length != 0) {
                throw ProtocolViolation.protocol("a compressed message: send it as it is");
            }
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
        return new Frame(Frame.Kind.TEXT, ProtobufReader.json(frames, content.take()));
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
