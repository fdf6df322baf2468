package dev.signalbox.observatory;

import dev.signalbox.observatory.LogFiles.StoredBatch;
import dev.signalbox.observatory.ObservatoryOptions.Retry;
import dev.signalbox.observatory.Outcome.Accepted;
import dev.signalbox.observatory.Outcome.Later;
import dev.signalbox.observatory.Outcome.Refused;
import dev.signalbox.observatory.Outcome.Unacceptable;
import dev.signalbox.observatory.Outcome.Unauthorized;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Ships what lies in files to a destination of one's choice. A file that was shipped is deleted; of one that was not shipped
 * whole, what was is marked, so that the next run goes on there; what the destination refuses stays. A batch keeps its
 * {@code Idempotency-Key}, so that a destination can tell what it has already. For one thread.
 */
public final class LogReplay implements AutoCloseable {
    private static final int TRIES = 5;
    private static final Retry RETRY =
            new Retry(Duration.ofMillis(400), Duration.ofSeconds(30), Duration.ofSeconds(30));

    private final Destination destination;
    private final HttpExporter exporter;
    private final Consumer<Report> progress;
    private Report report = new Report(0, 0, 0, 0, "");

    /**
     * What has been done so far.
     *
     * @param shipped records that the destination took
     * @param refused records that it did not, and never will; they stay in their file
     * @param damaged records that cannot be read; a file with such records is kept under another name
     * @param files files that were shipped whole and are deleted
     * @param failure why it stopped before the end; empty if it did not
     */
    public record Report(long shipped, long refused, long damaged, int files, String failure) {
        public boolean complete() {
            return failure.isEmpty();
        }
    }

    /**
     * Ships to this destination.
     *
     * @param progress told after each batch
     */
    public LogReplay(Destination destination, ObservatoryOptions.Http http, Consumer<Report> progress) {
        this.destination = destination;
        this.progress = progress;
        exporter =
                new HttpExporter(http, Map.of(), LibraryThreads.executor("observatory-replay"), InstantSource.system());
    }

    /**
     * Ships a file, or all files below a folder.
     *
     * @throws ObservatoryException if a running process has the files, or they cannot be read
     */
    public Report replay(Path path) throws InterruptedException {
        try (var lock = LogFiles.lock(path).orElse(null)) {
            for (Path file : LogFiles.find(path)) {
                if (report.complete()) {
                    replayFile(file);
                }
            }
            return report;
        } catch (IOException e) {
            throw new ObservatoryException(path + " cannot be changed: " + e, e);
        }
    }

    private void replayFile(Path file) throws IOException, InterruptedException {
        List<StoredBatch> batches = new ArrayList<>();
        long damaged = LogFiles.read(file, batches::add);
        List<StoredBatch> kept = new ArrayList<>();
        for (var batch : batches) {
            List<LogRecord> refused = ship(batch);
            if (!report.complete()) {
                return;
            }
            if (!refused.isEmpty()) {
                kept.add(batch.with(refused));
            }
            if (kept.isEmpty()) {
                Segments.mark(file, batch.end());
            }
            progress.accept(report);
        }
        settle(file, kept, damaged);
    }

    private void settle(Path file, List<StoredBatch> kept, long damaged) throws IOException {
        if (damaged > 0) {
            Files.copy(file, Segments.damaged(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (kept.isEmpty()) {
            Segments.remove(file);
        } else {
            rewrite(file, kept);
        }
        report = new Report(
                report.shipped(),
                report.refused(),
                report.damaged() + damaged,
                report.files() + (kept.isEmpty() ? 1 : 0),
                "");
    }

    /** In one step: whatever happens, the refused records are in one of the two files. */
    private static void rewrite(Path file, List<StoredBatch> kept) throws IOException {
        var bytes = new Bytes();
        bytes.putLong(Frames.MAGIC);
        for (var batch : kept) {
            Frames.context(bytes, batch.destination(), false, true);
            var stays = Batch.of(batch.id(), batch.records(), 0);
            Frames.batch(bytes, stays, batch.status(), batch.why(), batch.refused());
        }
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, Segments.Folders.ownerOnly());
        Files.write(temporary, bytes.copy());
        Segments.mark(file, 0);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** @return what was refused for good */
    private List<LogRecord> ship(StoredBatch stored) throws InterruptedException {
        List<LogRecord> refused = new ArrayList<>();
        Deque<Batch> parts = new ArrayDeque<>(List.of(Batch.of(stored.id(), stored.records(), 0)));
        while (!parts.isEmpty()) {
            var part = parts.removeFirst();
            switch (post(part)) {
                case Accepted accepted -> count(part.size() - accepted.refused(), accepted.refused(), "");
                case Unacceptable _
                when part.size() > 1 -> part.halves().reversed().forEach(parts::addFirst);
                case Unacceptable _ -> {
                    refused.addAll(part.records());
                    count(0, 1, "");
                }
                case Unauthorized why -> {
                    count(0, 0, "the destination answers " + why.why() + ": check the token");
                    return refused;
                }
                case Refused why -> {
                    count(0, 0, "the destination answers " + why.why());
                    return refused;
                }
                case Later why -> {
                    count(0, 0, "the destination does not answer: " + why.why());
                    return refused;
                }
            }
        }
        return refused;
    }

    private Outcome post(Batch batch) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            var outcome = exporter.export(destination, batch);
            if (attempt == TRIES || !(outcome instanceof Later later)) {
                return outcome;
            }
            var wait = RETRY.after(attempt, later.wish(), ThreadLocalRandom.current());
            TimeUnit.NANOSECONDS.sleep(wait.toNanos());
        }
    }

    private void count(int shipped, int refused, String failure) {
        report = new Report(
                report.shipped() + shipped, report.refused() + refused, report.damaged(), report.files(), failure);
    }

    @Override
    public void close() {
        exporter.close();
    }
}
