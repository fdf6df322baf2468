package dev.signalbox.observatory;

import dev.signalbox.observatory.Batch.Place;
import dev.signalbox.observatory.Frames.Payload.Context;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what an earlier process left in a context's folder, and makes a spool of it again. Changes nothing on the disk
 * before all files have been read, so that it can be called again after an {@link IOException}.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Observatory.class);
    /** A dying process tears one write. A longer rest of a file in which nothing can be read is damage. */
    private static final long LONGEST_HEAD = 128 << 10;

    private final DiskBudget budget;
    private final int segmentBytes;

    Recovery(DiskBudget budget, int segmentBytes) {
        this.budget = budget;
        this.segmentBytes = segmentBytes;
    }

    /**
     * A context's spool as found.
     *
     * @param damaged records that cannot be read, besides those of {@code torn}
     * @param torn records at the end of the newest file whose writing the process did not survive
     */
    record Found(Context context, LaneSpool spool, long records, long damaged, long torn) {}

    /** A file, where its unsettled part begins and where what is good ends, and what is between. */
    private record Segment(Path file, @Nullable Context context, long from, long end, long size, Count count) {
        long number() {
            return Segments.number(file).orElseThrow();
        }

        boolean isEmpty() {
            return count.records() == 0;
        }

        boolean isDamaged() {
            return count.damaged() + count.torn() > 0 || size - end > LONGEST_HEAD;
        }
    }

    /** {@code torn}: what the last batch lacks if nothing follows it. */
    private record Count(long records, long damaged, long torn) {}

    /**
     * Reads the files before number {@code before}. Files without a single record are deleted, or set aside if they are
     * damaged.
     *
     * @param known whose folder it is, if that is known without its files
     * @return empty if there is not a single record
     * @throws IOException if the files cannot be read now
     * @throws ObservatoryException if nothing says whose the records are
     */
    Optional<Found> read(Path folder, long before, Optional<Context> known) throws IOException {
        List<Segment> segments = new ArrayList<>();
        for (Path file : Segments.in(folder)) {
            if (Segments.number(file).orElseThrow() < before) {
                segments.add(segment(file));
            }
        }
        var context = segments.stream()
                .map(Segment::context)
                .filter(Objects::nonNull)
                .findFirst()
                .or(() -> known)
                .orElse(null);
        List<Segment> full =
                segments.stream().filter(segment -> !segment.isEmpty()).toList();
        if (context == null && !full.isEmpty()) {
            throw new ObservatoryException("it cannot be told from the files in " + folder
                    + " where their records are to go; look at them with" + " LogFiles, and move or delete them");
        }
        for (var segment : segments) {
            tidy(segment);
        }
        return context == null || full.isEmpty()
                ? Optional.empty()
                : Optional.of(found(folder, context, full, segments));
    }

    private static void tidy(Segment segment) throws IOException {
        if (!segment.isEmpty()) {
            truncate(segment);
        } else if (segment.isDamaged()) {
            LOG.warn(
                    "{} is damaged as a whole; it is kept as {}",
                    segment.file(),
                    Segments.setAside(segment.file()).getFileName());
        } else {
            Segments.remove(segment.file());
        }
    }

    private Found found(Path folder, Context context, List<Segment> full, List<Segment> all) {
        var first = full.getFirst();
        var last = full.getLast();
        var share = budget.share();
        full.forEach(segment -> share.found(segment.end()));
        long records =
                full.stream().mapToLong(segment -> segment.count().records()).sum();
        long torn = last.count().torn();
        long damaged = all.stream()
                .mapToLong(
                        segment -> segment.count().damaged() + segment.count().torn())
                .sum();
        var spool = LaneSpool.found(
                new Segments(folder, share, last.number(), last.end()),
                segmentBytes,
                context,
                new Place(first.number(), first.from(), 0),
                records);
        return new Found(context, spool, records, damaged - torn, torn);
    }

    private static Segment segment(Path file) throws IOException {
        long from = Segments.settled(file);
        try (var head = FrameReader.openOwn(file, 0, Long.MAX_VALUE);
                var rest = FrameReader.openOwn(file, from, Long.MAX_VALUE)) {
            var context = head.next() instanceof Context found ? found : null;
            var count = count(rest);
            return new Segment(file, context, from, rest.position(), Files.size(file), count);
        }
    }

    private static Count count(FrameReader reader) throws IOException {
        long records = 0;
        long damaged = 0;
        long last = 0;
        for (var payload = reader.next(); payload != null; payload = reader.next()) {
            if (!(payload instanceof Context)) {
                var found = reader.batch(payload);
                records += found.records().size();
                damaged += last;
                last = found.lost();
            }
        }
        return new Count(records, damaged, last);
    }

    /** The torn end of what a dying process wrote. */
    private static void truncate(Segment segment) throws IOException {
        if (segment.size() > segment.end()) {
            try (var channel = FileChannel.open(segment.file(), StandardOpenOption.WRITE)) {
                channel.truncate(segment.end());
            }
        }
    }
}
