package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * A message that is coming in, as one frame or in fragments. It holds no more than has come, and at most as much again: what a
 * header announces is not reserved before it is there. For one thread.
 */
final class Fragments {
    private static final byte[] NOTHING = {};

    private boolean begun;
    private boolean text;
    private boolean compressed;
    private byte[] bytes = NOTHING;
    private int size;
    /** Back in its first state after each valid message. */
    private final Utf8 utf8 = new Utf8();

    void begin(boolean isText, boolean isCompressed) {
        begun = true;
        text = isText;
        compressed = isCompressed;
    }

    boolean isBegun() {
        return begun;
    }

    int size() {
        return size;
    }

    /** Takes {@code count} bytes of a frame of which {@code read} of {@code length} were taken before. */
    void append(ByteBuf in, int count, FrameHeader header, int read, int length) throws ProtocolViolation {
        reserve(count, length - read);
        in.readBytes(bytes, size, count);
        Mask.remove(header.mask(), read, bytes, size, size + count);
        size += count;
        if (text && !compressed && !utf8.accepts(bytes, size - count, size)) {
            throw ProtocolViolation.invalidText();
        }
    }

    /** A message that comes at once gets just what it needs; one that comes in pieces doubles, so that growing stays cheap. */
    private void reserve(int count, int rest) {
        if (bytes.length - size < count) {
            int most = size == 0 ? rest : Integer.MAX_VALUE - Long.BYTES;
            int doubled = (int) Math.min(most, 2L * bytes.length);
            bytes = Arrays.copyOf(bytes, Math.max(size + count, doubled));
        }
    }

    /** The whole message; the next one may begin. */
    Frame end(int maxBytes) throws ProtocolViolation {
        byte[] whole = compressed
                ? Inflation.inflate(bytes, size, maxBytes)
                : bytes.length == size ? bytes : Arrays.copyOf(bytes, size);
        boolean valid = compressed ? Utf8.isValid(whole, 0, whole.length) : utf8.isComplete();
        if (text && !valid) {
            throw ProtocolViolation.invalidText();
        }
        begun = false;
        bytes = NOTHING;
        size = 0;
        return new Frame(text ? Frame.Kind.TEXT : Frame.Kind.BINARY, whole);
    }
}
