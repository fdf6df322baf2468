package dev.signalbox.maintenance.control;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A file whose text, as {@link SignalText} reads it, is the signal; a file that is missing is off. Thread-safe.
 *
 * <p>Changes are noticed when the system tells of them, and otherwise by looking: a mounted folder, or a link that is turned
 * to another folder, tells nothing. "Off" counts only if it is still so 100 ms later, because editors empty or replace a file when
 * they save it.
 */
public final class FileSignals implements SharedSignals {
    /** How long a change that the system does not tell of may take to be noticed. */
    public static final Duration POLL = Duration.ofMillis(200);

    private static final Duration CONFIRMATION = Duration.ofMillis(100);
    private static final int LARGEST = 4096;

    private final String name;
    private final Duration confirmation;
    private final Path file;
    private final Path folder;
    private final ReentrantLock telling = new ReentrantLock();
    private volatile @Nullable Listener hearing;
    private @Nullable Thread thread;
    private @Nullable WatchKey watched;
    private volatile boolean closed;

    private FileSignals(String name, Path file, Duration confirmation) {
        this.name = name;
        this.confirmation = confirmation;
        this.file = file.toAbsolutePath();
        this.folder = this.file.resolveSibling("").normalize();
    }

    /** A source by that name. The file need not be there, its folder has to be. */
    public static FileSignals at(String name, Path file) {
        return new FileSignals(name, file, CONFIRMATION);
    }

    /** One whose "off" has to last that long. */
    static FileSignals confirming(String name, Path file, Duration confirmation) {
        return new FileSignals(name, file, confirmation);
    }

    @Override
    public String name() {
        return name;
    }

    /** Has read the file once when it returns. */
    @Override
    public void start(Listener listener) {
        hearing = listener;
        look(listener, false);
        thread = Thread.ofVirtual().name("signalbox-signals-" + name).start(() -> watch(listener));
    }

    private void watch(Listener listener) {
        try (WatchService watcher = folder.getFileSystem().newWatchService()) {
            while (!closed) {
                awaitChange(watcher);
                look(listener, true);
            }
        } catch (IOException e) {
            tell(() -> listener.lost("the file " + file + " cannot be watched: " + e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns after {@link #POLL} at the latest. */
    private void awaitChange(WatchService watcher) throws InterruptedException {
        register(watcher);
        WatchKey key = watcher.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
        if (key != null) {
            key.pollEvents();
            if (!key.reset()) {
                watched = null;
            }
        }
    }

    /** A folder that was deleted and made again has to be registered again. */
    private void register(WatchService watcher) {
        if (watched != null && watched.isValid()) {
            return;
        }
        try {
            watched = folder.register(
                    watcher,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
        } catch (IOException e) {
            watched = null; // Looking goes on, and says that the folder is missing.
        }
    }

    private void look(Listener listener, boolean confirmed) {
        try {
            Optional<Signal> found = read();
            if (found.isEmpty() && confirmed) {
                TimeUnit.NANOSECONDS.sleep(confirmation.toNanos());
                found = read();
            }
            Optional<Signal> said = found;
            tell(() -> listener.says(said));
        } catch (IOException e) {
            tell(() -> listener.lost("the file " + file + " cannot be read: " + reason(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<Signal> read() throws IOException {
        try {
            if (Files.size(file) > LARGEST) {
                throw new FileSystemException(file.toString(), null, "it has more than " + LARGEST + " bytes");
            }
            return SignalText.parse(Files.readString(file), "the owner of " + file.getFileName());
        } catch (NoSuchFileException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "its folder is not there" : e.toString();
    }

    private void tell(Runnable word) {
        telling.lock();
        try {
            if (!closed) {
                word.run();
            }
        } finally {
            telling.unlock();
        }
    }

    @Override
    public void publish(Signal signal) {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.writeString(next, SignalText.format(signal));
            move(next);
        } catch (IOException e) {
            throw new SignalSourceException("the file " + file + " cannot be written: " + e, e);
        }
        tellAtOnce(Optional.of(signal));
    }

    /** What this process writes it need not wait for. */
    private void tellAtOnce(Optional<Signal> signal) {
        Listener listener = hearing;
        if (listener != null) {
            tell(() -> listener.says(signal));
        }
    }

    private void move(Path next) throws IOException {
        try {
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Override
    public void withdraw() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new SignalSourceException("the file " + file + " cannot be deleted: " + e, e);
        }
        tellAtOnce(Optional.empty());
    }

    @Override
    public void close() {
        telling.lock();
        try {
            closed = true;
        } finally {
            telling.unlock();
        }
        if (thread != null) {
            thread.interrupt();
        }
    }
}
