package dev.signalbox.server.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The demo's temporary folder. A lock, which ends with the process, says that it is in use; so what a killed demo has left,
 * its token included, is found and deleted by the next one. Thread-safe.
 */
final class DemoFolder implements AutoCloseable {
    private static final String PREFIX = "signalbox-demo-";
    private static final String LOCK = "demo.lock";
    private static final int MOST_TRIES = 100;

    private final Path path;
    private final FileChannel lock;

    private DemoFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Makes a folder in {@code parent}, and deletes those there that no demo uses any more. */
    static DemoFolder create(Path parent) throws IOException {
        sweep(parent);
        Path path = Files.createTempDirectory(parent, PREFIX);
        FileChannel lock =
                FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (lock.tryLock() == null) {
            throw new IOException(path + " is in use by another process");
        }
        return new DemoFolder(path, lock);
    }

    Path path() {
        return path;
    }

    private static void sweep(Path parent) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path folder : found) {
                if (isLeftOver(folder)) {
                    delete(folder);
                }
            }
        }
    }

    /** One without a lock file is not touched: it may be a demo that is just starting, or nothing of ours. */
    private static boolean isLeftOver(Path folder) throws IOException {
        Path file = folder.resolve(LOCK);
        boolean ours = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.isWritable(file);
        if (!ours) {
            return false;
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock free = channel.tryLock()) {
            return free != null;
        } catch (OverlappingFileLockException inThisProcess) {
            return false;
        } catch (NoSuchFileException sweptByAnother) {
            return false;
        }
    }

    /** Deletes it, whatever is written to it meanwhile. Idempotent. */
    @Override
    public void close() {
        try {
            for (int tries = 0; Files.exists(path) && tries < MOST_TRIES; tries++) {
                delete(path);
            }
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException | NoSuchFileException changing) {
            return;
        }
        for (Path each : all) {
            deleteOne(each);
        }
    }

    /** A folder into which a server still writes is not empty; {@link #close} tries again. */
    private static void deleteOne(Path file) throws IOException {
        try {
            Files.deleteIfExists(file);
        } catch (DirectoryNotEmptyException writtenMeanwhile) {
            return;
        }
    }
}
