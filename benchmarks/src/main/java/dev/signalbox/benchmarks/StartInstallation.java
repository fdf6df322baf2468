package dev.signalbox.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Where rivals are built, once, and how. */
final class StartInstallation {
    private static final int LAST_WORDS = 2_000;

    private StartInstallation() {}

    /** The checkout, which {@code ./signalbox} names. */
    static Path checkout() {
        return Path.of(Objects.requireNonNull(
                System.getenv("SIGNALBOX_HOME"), "run this by ./signalbox bench, which says where the checkout is"));
    }

    static Path folder() throws IOException {
        return Files.createDirectories(checkout().resolve(".signalbox/rivals"));
    }

    /**
     * Runs a command to its end.
     *
     * @throws IllegalStateException with its last words if it fails
     */
    static void run(Path at, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path log = Files.createTempFile("signalbox-bench", ".log");
        try {
            var builder = new ProcessBuilder(command)
                    .directory(at.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            if (builder.start().waitFor() != 0) {
                String said = Files.readString(log);
                throw new IllegalStateException(String.join(" ", command) + " failed: "
                        + said.substring(Math.max(0, said.length() - LAST_WORDS)));
            }
        } finally {
            Files.delete(log);
        }
    }
}
