package dev.signalbox.observatory;

import dev.signalbox.observatory.Frames.Payload;
import dev.signalbox.observatory.Frames.Payload.Announcement;
import dev.signalbox.observatory.Frames.Payload.Context;
import dev.signalbox.observatory.Frames.Payload.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the frames of one file, one after the other. For one thread. */
final class FrameReader implements AutoCloseable {
    private static final int CHUNK = 256 * 1024;

    private final FileChannel file;
    private final long limit;
    private ByteBuffer chunk = ByteBuffer.allocate(CHUNK).limit(0);
    private long chunkEnd;
    private long lastStart;
    private long gaps;

    private FrameReader(FileChannel file, long from, long limit) {
        this.file = file;
        this.limit = limit;
        chunkEnd = from;
    }

    /** A batch as found: what can be read of its records, and how many of them cannot. */
    record Found(Announcement head, List<LogRecord> records, int lost) {}

    /**
     * Opens a file that a person named, at its beginning or at a position that {@link #position()} had.
     *
     * @throws ObservatoryException if it was not written by this library
     */
    static FrameReader open(Path path, long from) throws IOException {
        var reader = openOwn(path, from, Long.MAX_VALUE);
        try {
            if (!reader.magic()) {
                throw new ObservatoryException(path + " is not a file of spooled records or dead letters");
            }
            return reader;
        } catch (IOException | RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    /**
     * Opens a file of the spool, up to {@code limit} at most: what lies beyond was not written to the end. Its first bytes
     * may be damaged as any others.
     */
    static FrameReader openOwn(Path path, long from, long limit) throws IOException {
        var file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new FrameReader(file, Math.max(from, Long.BYTES), Math.min(limit, file.size()));
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
     * The next good frame. Where there is none, the reader looks for the next one that follows, so damage costs the frames
     * that it hits.
     *
     * @return null at the end, or where only damage follows: {@link #position()} is then the end of what is good
     */
    @Nullable
    Payload next() throws IOException {
        long start = position();
        var payload = frame();
        if (payload == null) {
            payload = resynchronized(start);
        }
        if (payload == null) {
            seek(start);
        }
        return payload;
    }

    /**
     * The frame behind the damaged one, if its length is still right; or else the first place where a frame's length, type
     * and CRC fit. A context found that way is not trusted: the text of a damaged record could have been made to look like
     * one, and would redirect the records behind it.
     */
    private @Nullable Payload resynchronized(long start) throws IOException {
        if (fill(Frames.HEADER)) {
            long behind = start + Frames.HEADER + Math.max(0, chunk.getInt(chunk.position()));
            seek(behind);
            var payload = behind < limit ? frame() : null;
            if (payload != null) {
                gaps++;
                return payload;
            }
        }
        seek(start);
        while (fill(Frames.HEADER + 1)) {
            chunk.position(chunk.position() + 1);
            var payload = frame();
            if (payload != null && !(payload instanceof Context)) {
                gaps++;
                return payload;
            }
        }
        return null;
    }

    /** The frame at this place; null, and the place is kept, if there is no good one. */
    private @Nullable Payload frame() throws IOException {
        if (!fill(Frames.HEADER + 1)) {
            return null;
        }
        int length = chunk.getInt(chunk.position());
        boolean plausible = length >= 1
                && length <= Frames.LONGEST
                && Frames.isType(chunk.get(chunk.position() + Frames.HEADER))
                && fill(Frames.HEADER + length);
        if (!plausible) {
            return null;
        }
        int crc = chunk.getInt(chunk.position() + Integer.BYTES);
        var bytes = chunk.slice(chunk.position() + Frames.HEADER, length);
        var payload = Frames.crc(bytes) == crc ? Frames.read(bytes) : null;
        if (payload != null) {
            lastStart = position();
            chunk.position(chunk.position() + Frames.HEADER + length);
        }
        return payload;
    }

    /** The batch that begins with this frame: with its announcement or, if that is damaged, with a record. */
    Found batch(Payload first) throws IOException {
        var head = first instanceof Announcement announced ? announced : orphaned(first);
        var records = new ArrayList<LogRecord>();
        for (int index = 0; index < head.records(); ) {
            var payload = next();
            if (payload == null) {
                break;
            }
            if (!(payload instanceof Entry entry) || entry.size() != head.records() || entry.index() < index) {
                back();
                break;
            }
            records.add(entry.record());
            index = entry.index() + 1;
        }
        return new Found(head, records, head.records() - records.size());
    }

    /**
     * Stands for a damaged announcement. Its id depends on the record and its place only, so that it stays the same when
     * the batch is shipped again.
     */
    private Announcement orphaned(Payload first) {
        if (!(first instanceof Entry entry)) {
            throw new IllegalArgumentException("a batch begins with its announcement or a record");
        }
        back();
        String name =
                lastStart + " " + entry.record().time() + " " + entry.record().message();
        var id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
        return new Announcement(id.toString(), entry.size(), 0, "", Instant.EPOCH);
    }

    /** Has {@link #next()} give its last frame once more. */
    private void back() {
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
        var larger = ByteBuffer.allocate(Math.max(CHUNK, bytes)).put(chunk.duplicate());
        while (larger.position() < bytes) {
            int count = file.read(larger, chunkEnd);
            if (count < 0) {
                break;
            }
            chunkEnd += count;
        }
        chunk = larger.flip();
        return chunk.remaining() >= bytes;
    }

    /** The end of what was read. */
    long position() {
        return chunkEnd - chunk.remaining();
    }

    /** The places so far where frames were damaged and good ones followed. */
    long gaps() {
        return gaps;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
