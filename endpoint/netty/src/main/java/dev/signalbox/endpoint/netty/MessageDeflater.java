package dev.signalbox.endpoint.netty;

import io.netty.util.concurrent.FastThreadLocal;
import java.nio.ByteBuffer;
import java.util.zip.Deflater;

/**
 * Compresses messages (RFC 7692, 7.2.1). Each stands alone: no context is taken over, so that what is compressed once fits every
 * client. For one thread, which keeps it: its window takes a quarter of a megabyte.
 */
final class MessageDeflater {
    /** Smaller messages gain next to nothing. */
    static final int MIN_BYTES = 256;
    /** What a message ends with, and which is left out. */
    private static final int TAIL = 4;
    /** An array that one large message blew up is not kept. */
    private static final int KEPT = 64 << 10;

    private static final FastThreadLocal<MessageDeflater> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected MessageDeflater initialValue() {
            return new MessageDeflater();
        }

        @Override
        protected void onRemoval(MessageDeflater compressor) {
            compressor.deflater.end();
        }
    };

    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    private byte[] out = new byte[MIN_BYTES];

    private MessageDeflater() {}

    static MessageDeflater ofThread() {
        return OF_THREAD.get();
    }

    /** Compresses {@code in} into {@link #bytes}; returns its size there, or 0 if it would not become smaller. */
    int deflate(ByteBuffer in) {
        int size = in.remaining();
        if (size < MIN_BYTES) {
            return 0;
        }
        if (out.length < size || out.length > Math.max(size, KEPT)) {
            out = new byte[size];
        }
        deflater.reset();
        deflater.setInput(in);
        int written = deflater.deflate(out, 0, size, Deflater.SYNC_FLUSH);
        return written < size ? written - TAIL : 0;
    }

    /** The array itself, until the next message. */
    byte[] bytes() {
        return out;
    }
}
