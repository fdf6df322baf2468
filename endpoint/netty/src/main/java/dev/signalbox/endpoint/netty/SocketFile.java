package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.ListenerOptions.UnixSocket;
import dev.signalbox.router.EndpointException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a Unix socket, from the moment an endpoint claims its path until it is removed. For one thread at a time.
 *
 * <p>A lock on a file beside it keeps two processes from taking the same path at once: each could find the old file stale, and
 * replace the other's new one. The socket is bound in a folder that nobody else can enter, gets its permissions there, and is
 * then moved to its path in one step.
 */
final class SocketFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketFile.class);
    private static final int TYPE = 0170000;
    private static final int SOCKET = 0140000;

    private final UnixSocket socket;
    private final FileChannel lock;
    private final Path folder;
    /** Tells the file from one that somebody else has put in its place. */
    private @Nullable Object identity;

    private SocketFile(UnixSocket socket, FileChannel lock) {
        this.socket = socket;
        this.lock = lock;
        this.folder = beside(socket.path(), ".new");
    }

    private static Path beside(Path path, String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    /**
     * Claims the path.
     *
     * @throws EndpointException if somebody listens there, if what is there is no socket, or if the folder cannot be used
     */
    static SocketFile claim(UnixSocket socket) {
        Path path = socket.path();
        try {
            FileChannel lock = lock(path);
            try {
                requireFree(path);
                SocketFile file = new SocketFile(socket, lock);
                file.makeFolder();
                return file;
            } catch (IOException | UnsupportedOperationException e) {
                lock.close();
                throw e;
            }
        } catch (BindException e) {
            throw new EndpointException("cannot listen on " + path + ": " + e.getMessage(), e);
        } catch (IOException | UnsupportedOperationException e) {
            throw new EndpointException(
                    "cannot listen on " + path + " (" + e + "); see that its folder exists and may be written to", e);
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        FileChannel channel =
                FileChannel.open(beside(path, ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw inUse();
            }
            return channel;
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw (IOException) inUse().initCause(e);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static BindException inUse() {
        return new BindException("somebody listens there; stop them, or choose another path");
    }

    private static void requireFree(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & TYPE) != SOCKET) {
            throw new BindException("the file there is not a socket; remove it, or choose another path");
        }
        if (isListenedOn(path)) {
            throw inUse();
        }
    }

    private void makeFolder() throws IOException {
        removeFolder();
        Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Does not wait for a listener that is busy; any failure but a refusal leaves it open whether there is one. */
    private static boolean isListenedOn(Path path) throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (ConnectException refused) {
            return false;
        }
    }

    /** Where to bind the socket, out of everybody's reach. */
    Path unseen() {
        return folder.resolve("s");
    }

    /**
     * Makes what was bound at {@link #unseen} visible, in place of a stale file. If it cannot, the path is held until {@link #close}.
     *
     * @throws EndpointException if the file cannot be moved to its path
     */
    void publish() {
        try {
            Files.setPosixFilePermissions(unseen(), socket.permissions());
            identity = identity(unseen());
            Files.move(unseen(), socket.path(), StandardCopyOption.ATOMIC_MOVE);
            removeFolder();
        } catch (IOException e) {
            throw new EndpointException("cannot listen on " + socket.path() + " (" + e + ")", e);
        }
    }

    private static @Nullable Object identity(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private void removeFolder() throws IOException {
        Files.deleteIfExists(unseen());
        Files.deleteIfExists(folder);
    }

    /** Removes the file, unless another has taken its place, and gives the path up. */
    @Override
    public void close() {
        try (lock) {
            removeFolder();
            Path path = socket.path();
            if (identity != null && Files.exists(path, LinkOption.NOFOLLOW_LINKS) && identity.equals(identity(path))) {
                Files.delete(path);
            }
        } catch (IOException e) {
            LOG.warn("the socket {} is closed, but its file could not be removed", socket.path(), e);
        }
    }
}
