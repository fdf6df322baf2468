package dev.signalbox.observatory;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder for one process at a time, with a folder for each context. Thread-safe. */
final class SpoolFolder implements AutoCloseable {
    static final String LOCK = "lock";
    private static final Logger LOG = LoggerFactory.getLogger(Observatory.class);

    private final Path folder;
    private final int segmentBytes;
    private final DiskBudget budget;
    private final FileChannel lock;

    private SpoolFolder(Path folder, int segmentBytes, DiskBudget budget, FileChannel lock) {
        this.folder = folder;
        this.segmentBytes = segmentBytes;
        this.budget = budget;
        this.lock = lock;
    }

    /** @throws ObservatoryException if it cannot be used, or another process uses it */
    static SpoolFolder open(ObservatoryOptions.Spooling options, boolean shared) {
        var budget = DiskBudget.of("the spool's files", options.bytes(), shared);
        return new SpoolFolder(options.folder(), options.segmentBytes(), budget, lock(options.folder()));
    }

    static FileChannel lock(Path folder) {
        try {
            Segments.Folders.create(folder);
            var channel = FileChannel.open(
                    folder.resolve(LOCK),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    Segments.Folders.ownerOnly());
            if (!taken(channel)) {
                channel.close();
                throw new ObservatoryException("another process uses " + folder + "; give each a folder of its own");
            }
            return channel;
        } catch (IOException e) {
            throw new ObservatoryException(folder + " cannot be used: " + e, e);
        }
    }

    static void unlock(FileChannel lock) {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("a lock file cannot be closed; it is free when this process ends", e);
        }
    }

    private static boolean taken(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /** An empty spool. Nothing is read or written before something is appended: callers' threads come here. */
    LaneSpool of(Destination destination, boolean byDefault) {
        var segments = new Segments(folderOf(destination, byDefault), budget.share(), 0, 0);
        return LaneSpool.empty(segments, segmentBytes, destination, byDefault);
    }

    Path folderOf(Destination destination, boolean byDefault) {
        return folder.resolve(name(destination, byDefault));
    }

    /** The default's name does not depend on where it is: after a change of its URL, what waits goes to the new one. */
    private static String name(Destination destination, boolean byDefault) {
        if (byDefault) {
            return "default";
        }
        String whole = String.join(
                "\n",
                destination.url().toString(),
                destination.token(),
                destination.format().name(),
                destination.id(),
                destination.headers().toString());
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(whole.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The folders of contexts that an earlier process left. */
    List<Path> left() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new ObservatoryException(folder + " cannot be read: " + e, e);
        }
    }

    Recovery recovery() {
        return new Recovery(budget, segmentBytes);
    }

    long bytes() {
        return budget.used();
    }

    /** Lets the next process in. */
    @Override
    public void close() {
        unlock(lock);
    }
}
