package dev.signalbox.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Installs systems, each once into a folder of its own, with a log beside it. A file {@code installed} in the folder, written last, has the
 * version; where it is missing or has another, the folder is removed and made anew. Not thread-safe.
 */
final class Installer {
    private static final String MARKER = "installed";

    /** How to install a system. */
    @FunctionalInterface
    interface Steps {
        void install(Path folder, LoggedCommands commands) throws IOException;
    }

    private final Path all;

    /** @param all has the folders of all systems */
    Installer(Path all) {
        this.all = all;
    }

    /**
     * The folder of a system, which is installed if it is not there in this version.
     *
     * @param needs what the steps take, for people
     * @throws IllegalStateException naming the log and the needs if it cannot be installed
     */
    Path installed(String name, String version, String needs, Steps steps) {
        Path folder = all.resolve(name);
        Path log = all.resolve(name + ".log");
        try {
            if (!isInstalled(folder, version)) {
                remove(folder);
                Files.deleteIfExists(log);
                Files.createDirectories(folder);
                steps.install(folder, new LoggedCommands(folder, log));
                Files.writeString(folder.resolve(MARKER), version);
            }
            return folder;
        } catch (IOException | UncheckedIOException | IllegalStateException e) {
            throw new IllegalStateException(
                    name + " could not be installed, which takes " + needs + ". Output: " + log + ". Reason: "
                            + e.getMessage(),
                    e);
        }
    }

    private static boolean isInstalled(Path folder, String version) throws IOException {
        Path marker = folder.resolve(MARKER);
        return Files.exists(marker) && Files.readString(marker).equals(version);
    }

    private static void remove(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
