package dev.signalbox.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/**
 * The right to be the only server on a SQLite file: a lock of the operating system on {@code <file>.lock}, which ends with
 * the process, however it ends. The lock file stays: if it were deleted, two processes could lock two files of one name.
 *
 * <p>Locks of files belong to the process. Closing any channel of a locked file would give the lock up, so within this JVM
 * a set of paths decides, before the file is opened.
 */
final class FileOwnership implements AutoCloseable {
    private static final Set<Path> OWNED_HERE = new HashSet<>();
    private static final int LONGEST_NOTE = 300;

    private final Path lockFile;
    private final FileChannel channel;

    private FileOwnership(Path lockFile, FileChannel channel) {
        this.lockFile = lockFile;
        this.channel = channel;
    }

    /**
     * Takes the right to a file.
     *
     * @throws DatabaseInUseException if another process, or another database of this one, has it
     * @throws DatabaseException if the lock file cannot be used
     */
    static FileOwnership of(Path database) {
        Path lockFile = SqliteFile.beside(database, ".lock");
        synchronized (OWNED_HERE) {
            if (OWNED_HERE.contains(lockFile)) {
                throw new DatabaseInUseException(database, "this process (" + self() + ")");
            }
            try {
                FileOwnership ownership = new FileOwnership(lockFile, lock(database, lockFile));
                OWNED_HERE.add(lockFile);
                return ownership;
            } catch (IOException e) {
                throw new DatabaseException("the lock file " + lockFile + " cannot be used: " + e, e);
            }
        }
    }

    private static FileChannel lock(Path database, Path lockFile) throws IOException {
        SqliteFile.createPrivate(lockFile);
        SqliteFile.narrow(lockFile);
        FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
            if (!locked) {
                throw new DatabaseInUseException(database, holder(channel));
            }
            note(channel, self());
            return channel;
        } finally {
            if (!locked) {
                channel.close();
            }
        }
    }

    /** The note is for people. What decides is the lock. */
    private static void note(FileChannel channel, String text) throws IOException {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((text + "\n").getBytes(UTF_8)), 0);
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer note = ByteBuffer.allocate(LONGEST_NOTE);
        channel.read(note, 0);
        String text = UTF_8.decode(note.flip()).toString().strip();
        return text.matches("[\\p{Alnum} ._-]+") ? text : "another process";
    }

    private static String self() {
        return "process " + ProcessHandle.current().pid() + " on " + host();
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "this host"; // A host that cannot resolve its own name.
        }
    }

    @Override
    public void close() {
        synchronized (OWNED_HERE) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new DatabaseException("the lock file " + lockFile + " cannot be closed: " + e, e);
            } finally {
                OWNED_HERE.remove(lockFile);
            }
        }
    }
}
