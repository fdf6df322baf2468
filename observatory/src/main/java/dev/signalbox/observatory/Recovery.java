package dev.signalbox.observatory;

import dev.signalbox.observatory.Batch.Place;
import dev.signalbox.observatory.Frames.Payload.Announcement;
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

/** Reads what an earlier process left in a context's folder, and makes a spool of it again. */
final class Recovery {
    private final DiskBudget budget;
    private final int segmentBytes;

    Recovery(DiskBudget budget, int segmentBytes) {
        this.budget = budget;
        this.segmentBytes = segmentBytes;
    }

    /** A context's spool as found; {@code damaged} frames among good ones were left out. */
    record Found(Context context, LaneSpool spool, long records, long damaged) {}

    /** A file, where its unsettled part begins, and where what is good ends. */
    private record Segment(Path file, @Nullable Context context, long from, long end, long records, long damaged) {
        long number() {
            return Segments.number(file).orElseThrow();
        }
    }

    /** Empty if there is not a single record; files with none are deleted. */
    Optional<Found> read(Path folder) throws IOException {
        List<Segment> segments = new ArrayList<>();
        for (Path file : Segments.in(folder)) {
            var segment = segment(file);
            if (segment.records() > 0 && segment.context() != null) {
                truncate(segment);
                budget.found(segment.end());
                segments.add(segment);
            } else if (segment.damaged() == 0) {
                Segments.remove(file);
            }
        }
        return segments.isEmpty() ? Optional.empty() : Optional.of(found(folder, segments));
    }

    private Found found(Path folder, List<Segment> segments) {
        var first = segments.getFirst();
        var last = segments.getLast();
        var context = Objects.requireNonNull(first.context());
        long records = segments.stream().mapToLong(Segment::records).sum();
        var spool = LaneSpool.found(
                new Segments(folder, budget, last.number(), last.end()),
                segmentBytes,
                context.destination(),
                context.byDefault(),
                new Place(first.number(), first.from(), 0),
                records);
        return new Found(
                context,
                spool,
                records,
                segments.stream().mapToLong(Segment::damaged).sum());
    }

    private static Segment segment(Path file) throws IOException {
        long from = Segments.settled(file);
        try (var head = FrameReader.open(file, 0);
                var rest = FrameReader.open(file, from)) {
            var context = head.next() instanceof Context found ? found : null;
            long records = count(rest);
            return new Segment(file, context, from, rest.position(), records, rest.corrupt());
        }
    }

    private static long count(FrameReader reader) throws IOException {
        long records = 0;
        for (var payload = reader.next(); payload != null; payload = reader.next()) {
            if (payload instanceof Announcement announced) {
                records += LaneSpool.records(reader, announced).size();
            }
        }
        return records;
    }

    /** The torn end of what a dying process wrote. */
    private static void truncate(Segment segment) throws IOException {
        if (Files.size(segment.file()) > segment.end()) {
            try (var channel = FileChannel.open(segment.file(), StandardOpenOption.WRITE)) {
                channel.truncate(segment.end());
            }
        }
    }
}
