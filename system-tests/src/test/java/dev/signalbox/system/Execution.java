package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How a program ended that ran in an empty environment; a tool is found on the PATH of this test. */
record Execution(int exit, String output) {

    static Execution of(Path at, String... command) throws Exception {
        Process process = begin(at, List.of(command));
        try (var output = process.inputReader(StandardCharsets.UTF_8)) {
            String all = output.readAllAsString();
            assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
            return new Execution(process.exitValue(), all);
        }
    }

    static Process begin(Path at, List<String> command) throws IOException {
        List<String> found = new ArrayList<>(command);
        if (!command.getFirst().startsWith("/")) {
            found.set(0, LauncherFixture.onPath(command.getFirst()).toString());
        }
        var builder = new ProcessBuilder(found).directory(at.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        return builder.start();
    }

    /** What a program prints last; its log is beside it here. */
    String json() {
        return output.lines().filter(line -> line.startsWith("{")).reduce("", (before, line) -> line);
    }
}
