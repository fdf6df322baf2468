package dev.signalbox.testing.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The temporary folder of a real part. */
final class Scratch {
    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);

    private Scratch() {}

    static Path folder(String part) {
        try {
            return Files.createTempDirectory("signalbox-" + part);
        } catch (IOException e) {
            throw new UncheckedIOException(part + " has no place for its files", e);
        }
    }

    /** One that is deleted when the JVM ends. */
    static Path untilExit(String part) {
        Path folder = folder(part);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder), part + "-end"));
        return folder;
    }

    /** Deletes it with all in it; what cannot be deleted is told in the log. */
    static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("left behind: {}", folder, e);
        }
    }
}
