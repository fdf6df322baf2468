package dev.signalbox.observatory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The files of one folder, numbered, and the end of the last one. Beside {@code 0000000000000001.log} there may be
 * {@code …1.done}, which says up to which byte it is settled, and {@code ….log.damaged}, of which nothing could be read.
 * Not thread-safe; no file is kept open.
 */
final class Segments {
    static final String SUFFIX = ".log";
    private static final String DONE = ".done";
    private static final String DAMAGED = ".damaged";
    private static final Set<StandardOpenOption> NEW =
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);

    private final Path folder;
    private final DiskBudget.Share budget;
    private long last;
    private long end;

    /** {@code last} is the newest file's number, 0 if there is none; {@code end} the end of what is good in it. */
    Segments(Path folder, DiskBudget.Share budget, long last, long end) {
        this.folder = folder;
        this.budget = budget;
        this.last = last;
        this.end = end;
    }

    /** Begins behind the files that are there, which stay as they are. */
    void open() throws IOException {
        last = Files.isDirectory(folder) ? newest(folder) : 0;
        end = 0;
    }

    static long newest(Path folder) throws IOException {
        List<Path> files = in(folder);
        return files.isEmpty() ? 0 : number(files.getLast()).orElseThrow();
    }

    Path folder() {
        return folder;
    }

    Path file(long number) {
        return folder.resolve(String.format(Locale.ROOT, "%016d%s", number, SUFFIX));
    }

    long last() {
        return last;
    }

    long end() {
        return end;
    }

    /** Begins a file with these bytes. What follows goes there. */
    void begin(ByteBuffer head) throws IOException {
        Folders.create(folder);
        write(last + 1, 0, head, NEW);
        last++;
    }

    /** Appends; if that fails, the file ends where it ended before. */
    void append(ByteBuffer bytes) throws IOException {
        write(last, end, bytes, Set.of(StandardOpenOption.WRITE));
    }

    private void write(long number, long at, ByteBuffer bytes, Set<StandardOpenOption> how) throws IOException {
        int length = bytes.remaining();
        budget.take(length);
        boolean written = false;
        try (var channel = FileChannel.open(file(number), how, Folders.ownerOnly())) {
            writeAll(channel, bytes, at);
            written = true;
        } finally {
            if (!written) {
                budget.give(length);
            }
        }
        end = at + length;
    }

    /** Written and synced, or the file is as it was: half a batch on a full disk must not be taken for the end of the file. */
    private static void writeAll(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        try {
            long position = at;
            while (bytes.hasRemaining()) {
                position += channel.write(bytes, position);
            }
            channel.force(false);
        } catch (IOException e) {
            channel.truncate(at);
            throw e;
        }
    }

    /** Notes that a file is settled up to here. Losing the note costs a repetition, so it is not synced. */
    void settled(long number, long position) throws IOException {
        mark(file(number), position);
    }

    void delete(long number) throws IOException {
        budget.give(size(file(number)));
        remove(file(number));
    }

    /** Removes the folder too, if nothing else is in it. */
    void deleteFolder() throws IOException {
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            // A damaged file was set aside there: it is for a person to look at.
        }
    }

    /** Keeps a file of which nothing can be read, under a name that is not read again. */
    static Path setAside(Path file) throws IOException {
        Files.deleteIfExists(done(file));
        return Files.move(file, damaged(file), StandardCopyOption.REPLACE_EXISTING);
    }

    static Path damaged(Path file) {
        return file.resolveSibling(file.getFileName() + DAMAGED);
    }

    static void mark(Path file, long position) throws IOException {
        try (var channel = FileChannel.open(
                done(file), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), Folders.ownerOnly())) {
            channel.write(ByteBuffer.allocate(Long.BYTES).putLong(position).flip(), 0);
        }
    }

    /** Where the unsettled part of a file begins. */
    static long settled(Path file) throws IOException {
        Path mark = done(file);
        if (!Files.exists(mark) || Files.size(mark) < Long.BYTES) {
            return 0;
        }
        return Math.clamp(ByteBuffer.wrap(Files.readAllBytes(mark)).getLong(), 0, Files.size(file));
    }

    static void remove(Path file) throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(done(file));
    }

    private static Path done(Path file) {
        String name = file.getFileName().toString();
        return file.resolveSibling(name.substring(0, name.length() - SUFFIX.length()) + DONE);
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** In the order in which they were written. */
    static List<Path> in(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> number(file).isPresent()).sorted().toList();
        }
    }

    static Optional<Long> number(Path file) {
        String name = file.getFileName().toString();
        return name.matches("\\d{16}\\.log") ? Optional.of(Long.parseLong(name.substring(0, 16))) : Optional.empty();
    }

    /** Folders that only their owner can look into, where the file system knows owners. */
    static final class Folders {
        private Folders() {}

        static void create(Path folder) throws IOException {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder, permissions("rwx------"));
            }
        }

        static FileAttribute<?>[] ownerOnly() {
            return permissions("rw-------");
        }

        private static FileAttribute<?>[] permissions(String text) {
            boolean posix =
                    FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
            return posix
                    ? new FileAttribute<?>[] {
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text))
                    }
                    : new FileAttribute<?>[0];
        }
    }
}
