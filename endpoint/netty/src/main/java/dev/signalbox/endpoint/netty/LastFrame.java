package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Message;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The frame of the message that was sent last. A message to a list comes as one task for each of its receivers, and is encoded once
 * for all of them that follow one another with the same format. On the event loop's thread.
 */
final class LastFrame {
    /** Room for what a frame has around its message. */
    private static final int ENVELOPE = 128;

    private final MessageEncoder encoder;
    private @Nullable Message message;
    private @Nullable WireFormat format;
    private @Nullable ByteBuf frame;

    LastFrame(MessageEncoder encoder) {
        this.encoder = encoder;
    }

    /** The frame, which the caller releases. */
    @SuppressWarnings("ReferenceEquality") // the very same message, as it comes once for each entry of a list
    ByteBuf of(Message wanted, WireFormat in) {
        if (wanted != message || in != format || frame == null) {
            ByteBuf encoded = LoopOutbox.buffer(LoopOutbox.weight(wanted) + ENVELOPE);
            encoder.message(wanted, in, encoded);
            forget();
            message = wanted;
            format = in;
            frame = encoded;
        }
        return frame.retainedDuplicate();
    }

    void forget() {
        if (frame != null) {
            frame.release();
        }
        frame = null;
        message = null;
    }
}
