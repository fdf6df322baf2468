package dev.signalbox.observatory;

import dev.signalbox.observatory.Batch.Place;
import dev.signalbox.observatory.Frames.Payload.Announcement;
import dev.signalbox.observatory.Frames.Payload.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One context's part of the spool: a queue of batches in files. Written at one end, read and then settled at the other.
 * Thread-safe; every call may wait for the disk.
 */
final class LaneSpool {
    private final Segments segments;
    private final int segmentBytes;
    private final Destination destination;
    private final boolean byDefault;
    private long first;
    private long settledTo;
    private Place next;
    private volatile long unsettled;
    private boolean sealed;

    private LaneSpool(Segments segments, int segmentBytes, Destination destination, boolean byDefault, long first) {
        this.segments = segments;
        this.segmentBytes = segmentBytes;
        this.destination = destination;
        this.byDefault = byDefault;
        this.first = first;
        next = new Place(first, 0, 0);
    }

    /** An empty one; nothing is written until something is appended. */
    static LaneSpool empty(Segments segments, int segmentBytes, Destination to, boolean byDefault) {
        return new LaneSpool(segments, segmentBytes, to, byDefault, segments.last() + 1);
    }

    /** What {@link Recovery} found. */
    static LaneSpool found(
            Segments segments, int segmentBytes, Destination to, boolean byDefault, Place unread, long records) {
        var spool = new LaneSpool(segments, segmentBytes, to, byDefault, unread.segment());
        spool.next = unread;
        spool.settledTo = unread.end();
        spool.unsettled = records;
        spool.sealed = true;
        return spool;
    }

    /**
     * Appends the batches, in one write and one sync.
     *
     * @return the same batches, each with its place
     * @throws IOException if there is no room; then none of them is there
     */
    synchronized List<Batch> append(List<Batch> batches) throws IOException {
        if (sealed || segments.last() < first || segments.end() >= segmentBytes) {
            var head = new Bytes();
            head.putLong(Frames.MAGIC);
            Frames.context(head, destination, byDefault, true);
            segments.begin(head.buffer());
            sealed = false;
        }
        var bytes = new Bytes();
        var placed = new ArrayList<Batch>(batches.size());
        for (Batch batch : batches) {
            Frames.batch(bytes, batch, 0, "", Instant.EPOCH);
            placed.add(batch.at(new Place(segments.last(), segments.end() + bytes.length(), batch.size())));
        }
        segments.append(bytes.buffer());
        unsettled += batches.stream().mapToInt(Batch::size).sum();
        return placed;
    }

    /** The records that are not settled; does not wait for the disk. */
    long unsettled() {
        return unsettled;
    }

    synchronized boolean hasUnread() {
        return next.segment() < segments.last() || (next.segment() == segments.last() && next.end() < segments.end());
    }

    /** What was appended up to here need not be read: its owner has it. */
    synchronized void skipTo(Place place) {
        next = place;
    }

    /** What was read but not settled is read once more. */
    synchronized void rewind() {
        next = new Place(first, settledTo, 0);
    }

    /**
     * The next batch; shorter than announced if its end is damaged.
     *
     * @return null if there is none
     */
    synchronized @Nullable Batch read() throws IOException {
        while (hasUnread()) {
            boolean newest = next.segment() == segments.last();
            if (!newest && !Files.exists(segments.file(next.segment()))) {
                next = new Place(next.segment() + 1, 0, 0);
                continue;
            }
            long limit = newest ? segments.end() : Long.MAX_VALUE;
            try (var reader = FrameReader.open(segments.file(next.segment()), next.end(), limit)) {
                var batch = read(reader);
                if (batch != null) {
                    next = new Place(next.segment(), reader.position(), 0);
                    return batch;
                }
            }
            next = newest ? new Place(segments.last(), segments.end(), 0) : new Place(next.segment() + 1, 0, 0);
        }
        return null;
    }

    private @Nullable Batch read(FrameReader reader) throws IOException {
        for (var payload = reader.next(); payload != null; payload = reader.next()) {
            if (payload instanceof Announcement announced) {
                var records = records(reader, announced);
                if (!records.isEmpty()) {
                    var place = new Place(next.segment(), reader.position(), records.size());
                    return new Batch(announced.id(), records, 0, place, true, false);
                }
            }
        }
        return null;
    }

    static List<LogRecord> records(FrameReader reader, Announcement announced) throws IOException {
        var records = new ArrayList<LogRecord>();
        while (records.size() < announced.records()) {
            var payload = reader.next();
            if (payload instanceof Entry entry) {
                records.add(entry.record());
            } else {
                if (payload != null) {
                    reader.back();
                }
                break;
            }
        }
        return records;
    }

    /** What lies up to here is done with. Whole files are deleted, and all of them with the last record. */
    synchronized void settle(Place place) throws IOException {
        unsettled -= place.records();
        while (first < place.segment()) {
            segments.delete(first++);
        }
        settledTo = place.end();
        boolean all = place.segment() == segments.last() && place.end() >= segments.end();
        if (all) {
            segments.delete(first++);
            segments.deleteFolder();
            settledTo = 0;
            next = new Place(first, 0, 0);
        } else {
            segments.settled(first, settledTo);
        }
    }

    /** What is announced but cannot be read any more is no longer waited for; the number of such records. */
    synchronized long forgetUnreadable() {
        long lost = unsettled;
        unsettled = 0;
        return lost;
    }
}
