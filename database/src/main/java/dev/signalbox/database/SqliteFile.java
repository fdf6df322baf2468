package dev.signalbox.database;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a SQLite database and those beside it. All are for their owner alone (0600) where the file system knows
 * owners; SQLite gives its write-ahead log and shared memory the mode of the database.
 */
final class SqliteFile {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteFile.class);
    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private SqliteFile() {}

    /** The path as configured, which may be a link. */
    static Path configured(DatabaseConfig config) {
        return Path.of(config.url().substring("jdbc:sqlite:".length())).toAbsolutePath();
    }

    /** The file that {@link #prepare} made or found, however it is linked to. */
    static Path real(DatabaseConfig config) {
        Path file = configured(config);
        try {
            return file.toRealPath();
        } catch (IOException e) {
            throw new DatabaseException("the database file " + file + " cannot be found: " + e, e);
        }
    }

    /**
     * Makes the folder and the file if they are missing, so that SQLite finds a file that nobody else may read, and
     * narrows the mode of files that others may read.
     *
     * @throws DatabaseException if the file cannot be written
     */
    static void prepare(DatabaseConfig config) {
        Path file = configured(config);
        try {
            Path folder = file.getParent();
            if (folder != null && !Files.exists(folder)) {
                Files.createDirectories(folder);
            }
            createPrivate(file);
        } catch (IOException e) {
            throw notWritable(file, e);
        }
        if (!Files.isWritable(file) || Files.isDirectory(file)) {
            throw notWritable(file, null);
        }
        Path real = real(config);
        narrow(real);
        narrow(beside(real, "-wal"));
        narrow(beside(real, "-shm"));
    }

    private static DatabaseException notWritable(Path file, @Nullable IOException cause) {
        String reason = cause == null ? "" : " (" + cause + ")";
        return new DatabaseException(
                "the database file " + file + " cannot be written" + reason
                        + "; choose another path or change its permissions",
                cause);
    }

    static Path beside(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    /** Makes an empty file for its owner alone, unless it is there. */
    static void createPrivate(Path file) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        try {
            Files.createFile(file, attributes(file));
        } catch (FileAlreadyExistsException e) {
            if (!Files.exists(file)) { // A link to a file that is not there yet.
                createPrivate(file.resolveSibling(Files.readSymbolicLink(file)));
            }
        }
    }

    private static FileAttribute<?>[] attributes(Path file) throws IOException {
        return isPosix(file)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
    }

    private static boolean isPosix(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        return folder != null && Files.getFileStore(folder).supportsFileAttributeView("posix");
    }

    /** Takes the file away from everyone but its owner. */
    static void narrow(Path file) {
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || !isPosix(file)) {
                return;
            }
            Set<PosixFilePermission> found = Files.getPosixFilePermissions(file);
            if (!OWNER_ONLY.containsAll(found)) {
                Files.setPosixFilePermissions(file, OWNER_ONLY);
                LOG.warn(
                        "the mode of {} was {}: others could read or change it. It is now rw------- (0600).",
                        file,
                        PosixFilePermissions.toString(found));
            }
        } catch (IOException e) {
            LOG.warn(
                    "other users may be able to read {}: setting its mode to 0600 failed. Change it by hand.", file, e);
        }
    }
}
