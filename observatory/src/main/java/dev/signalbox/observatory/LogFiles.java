package dev.signalbox.observatory;

import dev.signalbox.observatory.Frames.Payload.Context;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The files of spools and dead letters, for people and tools. Stateless; safe to call from any thread. */
public final class LogFiles {
    /** Where records were to go if the file cannot tell, because its beginning is damaged. */
    private static final Destination UNKNOWN =
            Destination.of(URI.create("http://unknown.invalid"), "", WireFormat.OTLP_PROTOBUF);

    private LogFiles() {}

    /**
     * A batch as it lies in a file.
     *
     * @param destination where it was to go; the token is empty if it is not in the file, the host is
     *     {@code unknown.invalid} if that cannot be read
     * @param id its {@code Idempotency-Key}
     * @param status what the destination answered, -1 if it was not asked, 0 in a spool
     * @param why what the destination said, or why it was not asked
     * @param refused when; of no meaning in a spool
     * @param end the position behind it in the file, in bytes
     */
    public record StoredBatch(
            Path file,
            Destination destination,
            String id,
            int status,
            String why,
            Instant refused,
            List<LogRecord> records,
            long end) {

        StoredBatch with(List<LogRecord> others) {
            return new StoredBatch(file, destination, id, status, why, refused, others, end);
        }
    }

    /**
     * The files below a folder, the oldest of each folder first, or the file itself.
     *
     * @throws ObservatoryException if there is no such file or folder
     */
    public static List<Path> find(Path path) {
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(file -> file.getFileName().toString().endsWith(Segments.SUFFIX))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new ObservatoryException("there is nothing to read at " + path + ": " + e, e);
        }
    }

    /**
     * Reads what is not settled of a file, without what is damaged.
     *
     * @return how many records are known to be missing from the batches, because they are damaged
     * @throws ObservatoryException if it cannot be read, or is no such file
     */
    public static long read(Path file, Consumer<StoredBatch> each) {
        try (var reader = FrameReader.open(file, Segments.settled(file))) {
            var context = head(file).orElse(UNKNOWN);
            long lost = 0;
            for (var payload = reader.next(); payload != null; payload = reader.next()) {
                if (payload instanceof Context next) {
                    context = next.destination();
                } else {
                    var found = reader.batch(payload);
                    lost += found.lost();
                    if (!found.records().isEmpty()) {
                        each.accept(stored(file, context, found, reader.position()));
                    }
                }
            }
            return lost;
        } catch (IOException e) {
            throw new ObservatoryException(file + " cannot be read: " + e, e);
        }
    }

    private static StoredBatch stored(Path file, Destination destination, FrameReader.Found found, long end) {
        var head = found.head();
        return new StoredBatch(
                file, destination, head.id(), head.status(), head.why(), head.time(), found.records(), end);
    }

    private static Optional<Destination> head(Path file) throws IOException {
        try (var reader = FrameReader.open(file, 0)) {
            return reader.next() instanceof Context first ? Optional.of(first.destination()) : Optional.empty();
        }
    }

    /**
     * Keeps a running process from the files while they are changed.
     *
     * @throws ObservatoryException if one has them
     */
    static Optional<FileChannel> lock(Path path) {
        return Stream.iterate(path.toAbsolutePath(), folder -> folder != null, Path::getParent)
                .limit(3)
                .filter(folder -> Files.exists(folder.resolve(SpoolFolder.LOCK)))
                .findFirst()
                .map(SpoolFolder::lock);
    }
}
