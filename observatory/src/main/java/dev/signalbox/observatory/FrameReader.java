package dev.signalbox.observatory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Reads the frames of one file, one after the other. For one thread. */
final class FrameReader implements AutoCloseable {
    private static final int CHUNK = 256 * 1024;

    private final FileChannel file;
    private final long limit;
    private ByteBuffer chunk = ByteBuffer.allocate(CHUNK).limit(0);
    private long chunkEnd;
    private long lastStart;
    private long corrupt;

    private FrameReader(FileChannel file, long from, long limit) {
        this.file = file;
        this.limit = limit;
        chunkEnd = from;
    }

    /** From the beginning, or from a position that {@link #position()} had. */
    static FrameReader open(Path path, long from) throws IOException {
        return open(path, from, Long.MAX_VALUE);
    }

    /** Up to {@code limit} at most: what lies beyond was not written to the end. */
    static FrameReader open(Path path, long from, long limit) throws IOException {
        var file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            var reader = new FrameReader(file, Math.max(from, Long.BYTES), Math.min(limit, file.size()));
            if (!reader.magic()) {
                throw new ObservatoryException(path + " is not a file of spooled records or dead letters");
            }
            return reader;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private boolean magic() throws IOException {
        var head = ByteBuffer.allocate(Long.BYTES);
        return file.read(head, 0) < Long.BYTES || head.flip().getLong() == Frames.MAGIC;
    }

    /**
     * The next frame whose CRC is right. One with a wrong CRC between good ones costs itself only.
     *
     * @return null at the end, or where only rubbish follows: {@link #position()} is then the end of what is good
     */
    Frames.@Nullable Payload next() throws IOException {
        long start = position();
        int skipped = 0;
        while (fill(Frames.HEADER)) {
            int length = chunk.getInt(chunk.position());
            if (length < 1 || length > Frames.LONGEST || !fill(Frames.HEADER + length)) {
                break;
            }
            int crc = chunk.getInt(chunk.position() + Integer.BYTES);
            var bytes = chunk.slice(chunk.position() + Frames.HEADER, length);
            chunk.position(chunk.position() + Frames.HEADER + length);
            var payload = Frames.crc(bytes) == crc ? Frames.read(bytes) : null;
            if (payload != null) {
                lastStart = position() - Frames.HEADER - length;
                corrupt += skipped;
                return payload;
            }
            skipped++;
        }
        seek(start);
        return null;
    }

    /** Has {@link #next()} give its last frame once more. */
    void back() {
        seek(lastStart);
    }

    private void seek(long position) {
        chunk = ByteBuffer.allocate(0);
        chunkEnd = position;
    }

    /** Whether so many bytes are there; reads them if need be. */
    private boolean fill(int bytes) throws IOException {
        if (chunk.remaining() >= bytes) {
            return true;
        }
        if (limit - position() < bytes) {
            return false;
        }
        var larger = ByteBuffer.allocate(Math.max(CHUNK, bytes)).put(chunk);
        while (larger.position() < bytes) {
            int count = file.read(larger, chunkEnd);
            if (count < 0) {
                return false;
            }
            chunkEnd += count;
        }
        chunk = larger.flip();
        return true;
    }

    /** The end of what was read. */
    long position() {
        return chunkEnd - chunk.remaining();
    }

    /** Frames that were skipped, because good ones followed. */
    long corrupt() {
        return corrupt;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
