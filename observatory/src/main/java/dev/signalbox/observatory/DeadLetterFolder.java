package dev.signalbox.observatory;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** Keeps what was refused for good, in one file a run of the process and 16 MiB. Thread-safe; calls wait for the disk. */
final class DeadLetterFolder implements AutoCloseable {
    private static final int SEGMENT = 16 << 20;

    private final Segments segments;
    private final FileChannel lock;
    private final InstantSource clock;
    private boolean begun;

    private DeadLetterFolder(Segments segments, FileChannel lock, InstantSource clock) {
        this.segments = segments;
        this.lock = lock;
        this.clock = clock;
    }

    /** @throws ObservatoryException if it cannot be used, or another process uses it */
    static DeadLetterFolder open(ObservatoryOptions.DeadLetters options, InstantSource clock) {
        Path folder = options.folder();
        var lock = SpoolFolder.lock(folder);
        try {
            List<Path> files = Segments.in(folder);
            var budget =
                    DiskBudget.of("the dead letters", options.bytes(), false).share();
            for (Path file : files) {
                budget.found(Files.size(file));
            }
            return new DeadLetterFolder(new Segments(folder, budget, Segments.newest(folder), 0), lock, clock);
        } catch (IOException e) {
            SpoolFolder.unlock(lock);
            throw new ObservatoryException(folder + " cannot be used: " + e, e);
        }
    }

    /** The context is written anew for each: whose they are must be clear even if what was before is damaged. */
    synchronized void add(Destination from, Batch batch, int status, String why) throws IOException {
        if (!begun || segments.end() >= SEGMENT) {
            var head = new Bytes();
            head.putLong(Frames.MAGIC);
            segments.begin(head.buffer());
            begun = true;
        }
        var bytes = new Bytes();
        Frames.context(bytes, from, false, false);
        Frames.batch(bytes, batch, status == 0 ? -1 : status, why, clock.instant());
        try {
            segments.append(bytes.buffer());
        } catch (NoSuchFileException e) {
            begun = false;
            throw e;
        }
    }

    @Override
    public void close() {
        SpoolFolder.unlock(lock);
    }
}
