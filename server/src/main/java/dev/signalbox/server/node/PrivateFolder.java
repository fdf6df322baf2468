package dev.signalbox.server.node;

import dev.signalbox.server.configuration.FailureText;
import java.io.IOException;
import java.nio.file.DirectoryStream;
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
 * The server's folder, for its owner alone (0700), and so the files in it (0600): they hold an admin's token and messages to
 * people. Where the file system knows no modes, nothing is checked.
 */
final class PrivateFolder {
    private static final Logger LOG = LoggerFactory.getLogger(PrivateFolder.class);
    private static final Set<PosixFilePermission> OWNER = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);
    private static final int STICKY = 01000;

    private PrivateFolder() {}

    /**
     * Makes the folder if it is missing; takes it and the files in it away from everyone but their owner.
     *
     * @throws StartupException if it cannot be written, or others can read it and that cannot be changed
     */
    static void prepare(Path folder) {
        try {
            if (!Files.exists(folder)) {
                Files.createDirectories(folder, attributes(folder));
            }
            Files.delete(Files.createTempFile(folder, "check", null));
        } catch (IOException e) {
            throw new StartupException(
                    "the data folder " + folder.toAbsolutePath() + " cannot be written ("
                            + FailureText.of(e)
                            + "): give this user the right to, or set data.folder to another one",
                    e);
        }
        try {
            if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
                narrowAll(folder);
            }
        } catch (IOException e) {
            throw shared(folder, e);
        }
    }

    private static void narrowAll(Path folder) throws IOException {
        if (isWide(folder)) {
            if (isForMore(folder)) {
                throw shared(folder, null);
            }
            narrow(folder);
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && isWide(file)) {
                    narrow(file);
                }
            }
        }
    }

    private static boolean isWide(Path path) throws IOException {
        return !OWNER.containsAll(Files.getPosixFilePermissions(path));
    }

    private static void narrow(Path path) throws IOException {
        Set<PosixFilePermission> found = Files.getPosixFilePermissions(path);
        Set<PosixFilePermission> kept = EnumSet.copyOf(OWNER);
        kept.retainAll(found);
        Files.setPosixFilePermissions(path, kept);
        LOG.warn(
                "the mode of {} was {}: others could read or change it. It is now {}",
                path.toAbsolutePath(),
                PosixFilePermissions.toString(found),
                PosixFilePermissions.toString(kept));
    }

    /** Folders like /tmp, a home or the working folder are used by more than this server: they keep their mode. */
    private static boolean isForMore(Path folder) throws IOException {
        Path real = folder.toRealPath();
        boolean sticky = ((int) Files.getAttribute(real, "unix:mode") & STICKY) != 0;
        return sticky
                || real.getParent() == null
                || isSame(real, System.getProperty("user.home"))
                || isSame(real, System.getProperty("user.dir"));
    }

    private static boolean isSame(Path folder, String other) throws IOException {
        return Files.exists(Path.of(other)) && Files.isSameFile(folder, Path.of(other));
    }

    private static StartupException shared(Path folder, @Nullable IOException cause) {
        return new StartupException(
                "others can read the data folder " + folder.toAbsolutePath()
                        + ", which holds secrets, and its mode cannot"
                        + " be narrowed to 0700 here: set data.folder to a folder of its own, such as "
                        + folder.toAbsolutePath().normalize().resolve("signalbox-data"),
                cause);
    }

    private static FileAttribute<?>[] attributes(Path folder) throws IOException {
        Path existing = folder.toAbsolutePath();
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing != null && Files.getFileStore(existing).supportsFileAttributeView("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER)}
                : new FileAttribute<?>[0];
    }
}
