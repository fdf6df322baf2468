package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** How a tool of others ended, which not every machine has, and what it printed. */
record ToolRun(int exit, String output) {
    /** Where {@code .ci/run} installs what is not a package of the system. */
    private static final Path OWN = Path.of("..", ".signalbox").toAbsolutePath();

    /** Runs it; without it, the test is skipped, or fails with {@code CI=true}. */
    static ToolRun of(Path at, String... command) throws Exception {
        return of(at, true, command);
    }

    /** Runs one that {@code .ci/run} cannot install everywhere: without it, the test is skipped. */
    static ToolRun ofOptional(Path at, String... command) throws Exception {
        return of(at, false, command);
    }

    private static ToolRun of(Path at, boolean needed, String... command) throws Exception {
        List<String> found = new ArrayList<>(List.of(command));
        Stream.of(OWN.resolve("deploy/bin"), OWN.resolve("actionlint"))
                .map(folder -> folder.resolve(command[0]))
                .filter(Files::isExecutable)
                .findFirst()
                .ifPresent(own -> found.set(0, own.toString()));
        Process process = start(at, needed, found);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new ToolRun(process.waitFor(), output);
    }

    private static Process start(Path at, boolean needed, List<String> command) {
        try {
            return new ProcessBuilder(command)
                    .directory(at.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException absent) {
            assertThat(needed && Boolean.parseBoolean(System.getenv("CI")))
                    .as("with CI=true this test needs %s", command.getFirst())
                    .isFalse();
            Assumptions.abort(
                    "skipped: this test needs " + command.getFirst() + "; CONTRIBUTING.md says where it comes from");
            throw new AssertionError(absent);
        }
    }

    void succeeded() {
        assertThat(exit).as(output).isZero();
    }
}
