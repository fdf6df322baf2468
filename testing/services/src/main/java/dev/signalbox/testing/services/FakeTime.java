package dev.signalbox.testing.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A process's wall clock, which a test sets while it runs: libfaketime, of the Debian package {@code libfaketime}. The monotonic clock,
 * and so all waits, stay as they are. Thread-safe.
 */
public final class FakeTime {
    private static final String PART = "libfaketime: apt install libfaketime";
    private static final String LIBRARY = "faketime/libfaketimeMT.so.1";

    private final Path library;
    private final Path file;

    private FakeTime(Path library, Path file) {
        this.library = library;
        this.file = file;
    }

    /**
     * A clock that is right until it is set.
     *
     * @param file where it is kept; made here
     */
    public static FakeTime kept(Path file) {
        return Missing.unlessStarts(PART, () -> {
            FakeTime made = new FakeTime(find(), file);
            made.set(Duration.ZERO);
            return made;
        });
    }

    private static Path find() {
        try (Stream<Path> folders = Files.list(Path.of("/usr/lib"))) {
            List<Path> found = Stream.concat(Stream.of(Path.of("/usr/lib")), folders)
                    .map(folder -> folder.resolve(LIBRARY))
                    .filter(Files::isReadable)
                    .toList();
            return found.stream().findFirst().orElseThrow(() -> new IllegalStateException("no " + LIBRARY));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For the process whose clock it is to be. */
    public Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD",
                library.toString(),
                "FAKETIME_TIMESTAMP_FILE",
                file.toString(),
                "FAKETIME_NO_CACHE",
                "1",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1");
    }

    /** Sets the clock off by that much, from one moment to the next. */
    public void set(Duration off) {
        try {
            Path next = Files.writeString(file.resolveSibling(file.getFileName() + ".next"), text(off));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("the clock cannot be set", e);
        }
    }

    private static String text(Duration off) {
        return (off.isNegative() ? "-" : "+") + off.abs().toSeconds() + "\n";
    }
}
