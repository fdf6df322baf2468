package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Publication;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Frames of one topic in one format, encoded once for all members. Once a slice was handed out, it does not grow any more: that
 * would move the bytes, and a transport may have kept the address of a slice. For one event loop.
 */
final class Segment {
    private static final int INITIAL = 4 << 10;

    private final boolean isRaw;
    private @Nullable ByteBuf frames;
    private boolean isShared;

    Segment(boolean isRaw) {
        this.isRaw = isRaw;
    }

    int size() {
        return frames == null ? 0 : frames.writerIndex();
    }

    /** False, with nothing changed, if it would have to grow and must not. */
    boolean append(FrameEncoder encoder, String topic, Publication publication) {
        if (frames == null) {
            frames = ByteBufAllocator.DEFAULT.directBuffer(INITIAL);
        }
        return encoder.publication(topic, publication, isRaw, frames, !isShared);
    }

    ByteBuf slice(int from, int to) {
        isShared = true;
        return Objects.requireNonNull(frames).retainedSlice(from, to - from);
    }

    void clear() {
        if (frames != null) {
            frames.release();
            frames = null;
            isShared = false;
        }
    }
}
