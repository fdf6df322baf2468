package dev.signalbox.observatory;

import dev.signalbox.observatory.Batch.Place;
import dev.signalbox.observatory.Frames.Payload.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One context's part of the spool: a queue of batches in files. Written at one end, read and then settled at the other.
 * Thread-safe; every call may wait for the disk, but for {@link #unsettled()}.
 *
 * <p>What this object knows is the truth, and the files follow: if one cannot be deleted or marked just now, the next
 * {@link #settle} does so. An {@link IOException} says that the disk could not be used, never that records are gone.
 */
final class LaneSpool {
    private final int segmentBytes;
    private final Destination destination;
    private final boolean byDefault;
    private Segments segments;
    /** The first file with something unsettled; those before it, from {@code oldest} on, wait to be deleted. */
    private long first;

    private long oldest;
    private long settledTo;
    private Place next;
    /** Up to here it is known what is damaged: what is read again is not counted again. */
    private Place inspected;

    private long lost;
    private final AtomicLong unsettled = new AtomicLong();
    private boolean opened;
    private boolean sealed;

    private LaneSpool(Segments segments, int segmentBytes, Destination destination, boolean byDefault) {
        this.segments = segments;
        this.segmentBytes = segmentBytes;
        this.destination = destination;
        this.byDefault = byDefault;
        next = new Place(0, 0, 0);
        inspected = next;
    }

    /** An empty one; the disk is not touched until something is appended. */
    static LaneSpool empty(Segments segments, int segmentBytes, Destination to, boolean byDefault) {
        return new LaneSpool(segments, segmentBytes, to, byDefault);
    }

    /** What {@link Recovery} found. */
    static LaneSpool found(Segments segments, int segmentBytes, Context context, Place unread, long records) {
        var spool = new LaneSpool(segments, segmentBytes, context.destination(), context.byDefault());
        spool.opened = true;
        spool.sealed = true;
        spool.begin(unread, records);
        return spool;
    }

    private void begin(Place unread, long records) {
        first = unread.segment();
        oldest = first;
        next = unread;
        inspected = new Place(segments.last(), segments.end(), 0);
        settledTo = unread.end();
        unsettled.addAndGet(records);
    }

    /** The number of the first file that this object knows; files before it are an earlier process's. */
    synchronized long begins() {
        return opened ? oldest : Long.MAX_VALUE;
    }

    /**
     * Puts an earlier process's files, found late, before what is here. None of the batches here may be under way.
     *
     * @param before what {@link #begins()} said when the files were looked at
     * @return false if it says something else by now, or a file waits to be deleted: try again later
     */
    synchronized boolean adopt(LaneSpool earlier, long before) {
        if (begins() != before || oldest != first) {
            return false;
        }
        if (!opened) {
            segments = earlier.segments;
            opened = true;
            sealed = true;
            inspected = earlier.inspected;
        }
        first = earlier.first;
        oldest = first;
        settledTo = earlier.settledTo;
        next = earlier.next;
        unsettled.addAndGet(earlier.unsettled.get());
        return true;
    }

    /**
     * Appends the batches, in one write and one sync.
     *
     * @return the same batches, each with its place
     * @throws IOException if the disk does not take them; then none of them is there
     */
    synchronized List<Batch> append(List<Batch> batches) throws IOException {
        open();
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
        try {
            segments.append(bytes.buffer());
        } catch (NoSuchFileException e) {
            sealed = true; // Somebody deleted it: the next attempt begins another one.
            throw e;
        }
        unsettled.addAndGet(batches.stream().mapToInt(Batch::size).sum());
        return placed;
    }

    private void open() throws IOException {
        if (!opened) {
            segments.open();
            begin(new Place(segments.last() + 1, 0, 0), 0);
            opened = true;
        }
    }

    /** The records that are not settled; does not wait for the disk. */
    long unsettled() {
        return unsettled.get();
    }

    private boolean hasUnread() {
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
     * The next batch, without those of its records that are damaged: see {@link #takeLost()}.
     *
     * @return null if there is none
     * @throws IOException if the files cannot be read now; nothing is lost by that
     */
    synchronized @Nullable Batch read() throws IOException {
        while (hasUnread()) {
            Path file = segments.file(next.segment());
            boolean newest = next.segment() == segments.last();
            if (!Files.notExists(file)) {
                var batch = read(file, newest ? segments.end() : Long.MAX_VALUE);
                if (batch != null) {
                    return batch;
                }
            }
            next = newest ? new Place(segments.last(), segments.end(), 0) : new Place(next.segment() + 1, 0, 0);
        }
        return null;
    }

    private @Nullable Batch read(Path file, long limit) throws IOException {
        try (var reader = FrameReader.openOwn(file, next.end(), limit)) {
            for (var payload = reader.next(); payload != null; payload = reader.next()) {
                if (!(payload instanceof Context)) {
                    var found = reader.batch(payload);
                    next = new Place(
                            next.segment(), reader.position(), found.records().size());
                    inspect(found);
                    if (!found.records().isEmpty()) {
                        return new Batch(found.head().id(), found.records(), 0, next, true, false);
                    }
                }
            }
            return null;
        }
    }

    private void inspect(FrameReader.Found found) {
        if (next.isAfter(inspected)) {
            inspected = next;
            lost += found.lost();
            unsettled.addAndGet(-found.lost());
        }
    }

    /** How many records were found to be damaged since this was asked last. */
    synchronized long takeLost() {
        long count = lost;
        lost = 0;
        return count;
    }

    /**
     * Gives up what is here and cannot be read, after {@link #read()} has found nothing more; none of the batches may be
     * under way.
     *
     * @return the number of such records, with those of {@link #takeLost()}
     */
    synchronized long forgetUnread() {
        long count = takeLost() + unsettled.get();
        advance(new Place(segments.last(), segments.end(), (int) unsettled.get()));
        return count;
    }

    /** What lies up to here is done with. Whole files are deleted, and all of them with the last record. */
    synchronized void settle(Place place) throws IOException {
        advance(place);
        tidy();
    }

    private void advance(Place place) {
        unsettled.addAndGet(-place.records());
        boolean all = place.segment() == segments.last() && place.end() >= segments.end();
        first = all ? place.segment() + 1 : place.segment();
        settledTo = all ? 0 : place.end();
        if (all) {
            next = new Place(first, 0, 0);
        }
    }

    /** Has the files say what this object knows. */
    synchronized void tidy() throws IOException {
        for (; oldest < first; oldest++) {
            segments.delete(oldest);
        }
        if (first > segments.last()) {
            segments.deleteFolder();
        } else {
            segments.settled(first, settledTo);
        }
    }
}
