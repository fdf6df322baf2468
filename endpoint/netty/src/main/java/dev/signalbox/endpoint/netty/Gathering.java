package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * A text that is coming in, checked as it comes, or bytes. It holds no more than has come, and at most as much again. For one
 * thread.
 */
final class Gathering {
    private static final byte[] NOTHING = {};

    private final boolean isText;
    private byte[] bytes = NOTHING;
    private int size;
    /** Back in its first state after each valid text. */
    private final Utf8 utf8 = new Utf8();

    Gathering(boolean isText) {
        this.isText = isText;
    }

    int size() {
        return size;
    }

    /** Takes the next {@code count} bytes, unless that makes more than {@code maxBytes} of them. */
    void append(ByteBuf in, int count, int maxBytes) throws ProtocolViolation {
        if (count > maxBytes - size) {
            throw ProtocolViolation.tooLarge(maxBytes);
        }
        if (bytes.length - size < count) {
            bytes = Arrays.copyOf(bytes, size == 0 ? count : Math.max(size + count, 2 * bytes.length));
        }
        in.readBytes(bytes, size, count);
        if (isText && !utf8.accepts(bytes, size, size + count)) {
            throw ProtocolViolation.invalidText();
        }
        size += count;
    }

    /** The whole text, as a frame; the next one may begin. */
    Frame end() throws ProtocolViolation {
        if (!utf8.isComplete()) {
            throw ProtocolViolation.invalidText();
        }
        byte[] whole = take();
        return new Frame(whole.length == 0 ? Frame.Kind.EMPTY_FRAGMENT : Frame.Kind.TEXT, whole);
    }

    /** All that came; the next may begin. */
    byte[] take() {
        byte[] whole = bytes.length == size ? bytes : Arrays.copyOf(bytes, size);
        bytes = NOTHING;
        size = 0;
        return whole;
    }
}
