package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;

/** The header of a client's frame (RFC 6455, 5.2), which may come byte by byte. For one thread. */
final class FrameHeader {
    static final int CONTINUATION = 0x0;
    private static final int MAX_BYTES = 14;
    private static final int FIXED = 2;
    private static final int MASK_BYTES = 4;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;

    private final byte[] bytes = new byte[MAX_BYTES];
    private int have;
    private int need = FIXED;

    /** Takes what belongs to the header; false if there is more to come. */
    boolean read(ByteBuf in) {
        while (have < need) {
            int taken = Math.min(need - have, in.readableBytes());
            if (taken == 0) {
                return false;
            }
            in.readBytes(bytes, have, taken);
            have += taken;
            need = have == FIXED ? FIXED + lengthBytes() + (isMasked() ? MASK_BYTES : 0) : need;
        }
        return true;
    }

    /** For the next frame. */
    void reset() {
        have = 0;
        need = FIXED;
    }

    boolean isBegun() {
        return have > 0;
    }

    int size() {
        return have;
    }

    boolean isFinal() {
        return (bytes[0] & 0x80) != 0;
    }

    /** The bit of permessage-deflate (RFC 7692, 6). */
    boolean isCompressed() {
        return (bytes[0] & 0x40) != 0;
    }

    boolean hasUnknownBits() {
        return (bytes[0] & 0x30) != 0;
    }

    int opcode() {
        return bytes[0] & 0x0F;
    }

    boolean isControl() {
        return (bytes[0] & 0x08) != 0;
    }

    boolean isMasked() {
        return (bytes[1] & 0x80) != 0;
    }

    private int shortLength() {
        return bytes[1] & 0x7F;
    }

    private int lengthBytes() {
        return switch (shortLength()) {
            case LENGTH_16 -> Short.BYTES;
            case LENGTH_64 -> Long.BYTES;
            default -> 0;
        };
    }

    /** Of the payload; negative if the highest bit is set, which it must not be. */
    long length() {
        int size = lengthBytes();
        return size == 0 ? shortLength() : number(FIXED, size);
    }

    /** Whether the length is written in as few bytes as it can be. */
    boolean isMinimal() {
        return switch (shortLength()) {
            case LENGTH_16 -> length() >= LENGTH_16;
            case LENGTH_64 -> length() > 0xFFFF;
            default -> true;
        };
    }

    int mask() {
        return (int) number(FIXED + lengthBytes(), MASK_BYTES);
    }

    private long number(int at, int size) {
        long value = 0;
        for (int i = at; i < at + size; i++) {
            value = value << Byte.SIZE | (bytes[i] & 0xFF);
        }
        return value;
    }
}
