package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;

/** Appends whole WebSocket frames to a buffer, unmasked as those of a server are. */
final class FrameEncoder {
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;

    /** A bit beside the opcode: the payload is compressed (RFC 7692, 6). */
    static final int COMPRESSED = 0x40;

    private static final int FINAL = 0x80;
    static final int MAX_HEADER = 10;
    private static final int SHORT = 125;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;

    private FrameEncoder() {}

    static void frame(int opcode, byte[] payload, int length, ByteBuf out) {
        header(opcode, length, out);
        out.writeBytes(payload, 0, length);
    }

    static void header(int opcode, int length, ByteBuf out) {
        out.writeByte(FINAL | opcode);
        if (length <= SHORT) {
            out.writeByte(length);
        } else if (length <= 0xFFFF) {
            out.writeByte(LENGTH_16).writeShort(length);
        } else {
            out.writeByte(LENGTH_64).writeLong(length);
        }
    }
}
