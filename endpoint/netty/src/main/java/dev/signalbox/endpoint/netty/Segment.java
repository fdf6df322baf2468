package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Publication;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Frames of one topic in one format, encoded once for all who read it. Once a slice was handed out, it does not grow any more: that
 * would move the bytes, and a transport may have kept the address of a slice. For one event loop.
 */
final class Segment {
    private static final int INITIAL = 4 << 10;

    private final WireFormat format;
    private int readers;
    private @Nullable ByteBuf frames;
    private boolean isShared;

    Segment(WireFormat format) {
        this.format = format;
    }

    WireFormat format() {
        return format;
    }

    boolean hasReaders() {
        return readers > 0;
    }

    void addReader() {
        readers++;
    }

    /** Without readers, it holds nothing. */
    void removeReader() {
        readers--;
        if (readers == 0) {
            clear();
        }
    }

    int size() {
        return frames == null ? 0 : frames.writerIndex();
    }

    /** False, with nothing changed, if it would have to grow and must not. */
    boolean append(MessageEncoder encoder, String topic, Publication publication) {
        if (frames == null) {
            frames = ByteBufAllocator.DEFAULT.directBuffer(INITIAL);
        }
        return encoder.publication(topic, publication, format, frames, !isShared);
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
