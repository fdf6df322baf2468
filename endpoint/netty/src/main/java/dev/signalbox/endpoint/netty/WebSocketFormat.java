package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Payload;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/** Frames of RFC 6455. Those of a server are unmasked, so that the same bytes fit every client. */
enum WebSocketFormat implements WireFormat {
    /** All in JSON. */
    JSON(false, false),
    /** Payloads of bytes go as binary frames, without their envelope. */
    RAW(true, false),
    /** As {@link #JSON}, but compressed where that makes it smaller (RFC 7692). */
    COMPRESSED_JSON(false, true),
    /** As {@link #RAW}, but compressed where that makes it smaller. */
    COMPRESSED_RAW(true, true);

    private final boolean raw;
    private final boolean compressed;

    WebSocketFormat(boolean raw, boolean compressed) {
        this.raw = raw;
        this.compressed = compressed;
    }

    static WireFormat of(Greeting greeting) {
        if (greeting.deflate()) {
            return greeting.raw() ? COMPRESSED_RAW : COMPRESSED_JSON;
        }
        return greeting.raw() ? RAW : JSON;
    }

    @Override
    public void json(byte[] json, int length, ByteBuf out) {
        if (!compressed || !compress(FrameEncoder.TEXT, ByteBuffer.wrap(json, 0, length), out)) {
            FrameEncoder.frame(FrameEncoder.TEXT, json, length, out);
        }
    }

    @Override
    public boolean payload(Payload.Binary payload, ByteBuf out) {
        if (raw && (!compressed || !compress(FrameEncoder.BINARY, payload.asByteBuffer(), out))) {
            FrameEncoder.header(FrameEncoder.BINARY, payload.size(), out);
            out.writeBytes(payload.asByteBuffer());
        }
        return raw;
    }

    /** False, with nothing appended, if it would not become smaller. */
    private static boolean compress(int opcode, ByteBuffer content, ByteBuf out) {
        MessageDeflater deflater = MessageDeflater.ofThread();
        int size = deflater.deflate(content);
        if (size > 0) {
            FrameEncoder.frame(FrameEncoder.COMPRESSED | opcode, deflater.bytes(), size, out);
        }
        return size > 0;
    }

    @Override
    public WireFormat enveloped() {
        return switch (this) {
            case RAW -> JSON;
            case COMPRESSED_RAW -> COMPRESSED_JSON;
            default -> this;
        };
    }

    @Override
    public int most(int content) {
        return content + FrameEncoder.MAX_HEADER;
    }
}
