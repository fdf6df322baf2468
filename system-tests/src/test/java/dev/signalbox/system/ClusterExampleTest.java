package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testing.services.RealPostgres;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code examples/cluster/run}, as a reader of docs/cluster.md runs it. */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class ClusterExampleTest {
    private static final Path SCRIPT =
            Path.of("..", "examples", "cluster", "run").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** PostgreSQL, Redis, the provider, HAProxy, and the two nodes that are left. */
    private static final int PARTS = 6;

    @TempDir
    Path folder;

    private final List<String> output = new ArrayList<>();

    @BeforeEach
    void require() {
        for (String program : List.of("python3", "redis-server", "haproxy")) {
            boolean found = Stream.of(
                            (System.getenv("PATH") + File.pathSeparator + "/usr/sbin").split(File.pathSeparator))
                    .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
            assertThat(found || !Boolean.parseBoolean(System.getenv("CI")))
                    .as("with CI=true, %s has to be there", program)
                    .isTrue();
            Assumptions.assumeTrue(found, "skipped: examples/cluster/run needs " + program);
        }
    }

    private Process start(String... arguments) throws IOException {
        Path launcher = folder.resolve("signalbox");
        ServerProcess.writeLauncher(launcher);
        List<String> command = new ArrayList<>(List.of("python3", SCRIPT.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("SIGNALBOX", launcher.toString());
        builder.environment().put("TMPDIR", scratch().toString());
        builder.environment()
                .merge("PATH", RealPostgres.shared().programs().toString(), (old, more) -> more + ":" + old);
        return builder.start();
    }

    private Path scratch() throws IOException {
        return Files.createDirectories(folder.resolve("tmp"));
    }

    /** Reads until a line begins so; fails if the script ends before. */
    private String lineOf(BufferedReader lines, String beginning) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            output.add(line);
            if (line.startsWith(beginning)) {
                return line;
            }
        }
        throw new AssertionError("the script ended before it wrote " + beginning + ": " + output);
    }

    @Test
    void eachMessageIsDeliveredThoughANodeIsKilledAndCtrlCLeavesNothingBehind() throws Exception {
        Process script = start("--messages", "120", "--stay");
        try (BufferedReader lines = script.inputReader(StandardCharsets.UTF_8)) {
            JsonNode result = JsonMapper.shared().readTree(lineOf(lines, "{"));
            lineOf(lines, "Still running");
            List<ProcessHandle> parts = script.children().toList();
            interrupt(script);

            assertThat(script.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(script.exitValue()).as("%s", output).isEqualTo(130);
            requireAllDelivered(result);
            assertThat(parts).hasSize(PARTS);
            await().atMost(PATIENCE).until(() -> parts.stream().noneMatch(ProcessHandle::isAlive));
            assertThat(scratch()).isEmptyDirectory();
        } finally {
            script.descendants().forEach(ProcessHandle::destroyForcibly);
            script.destroyForcibly();
        }
    }

    /** Of 120, 72 are for connected clients. Nearly all of them: one may need longer than 30 s to come back on a busy machine. */
    private void requireAllDelivered(JsonNode result) {
        assertThat(List.of("accepted", "delivered", "failed", "lost", "twice"))
                .as("%s", output)
                .extracting(name -> result.path(name).asInt(-1))
                .containsExactly(120, 120, 0, 0, 0);
        assertThat(result.path("live").asInt()).as("%s", result).isBetween(60, 72);
        assertThat(result.path("live").asInt() + result.path("sms").asInt()).isEqualTo(120);
        assertThat(result.path("killed").asString()).isEqualTo("n2");
        assertThat(List.of("across", "moved"))
                .as("%s", result)
                .allSatisfy(name -> assertThat(result.path(name).asInt()).isPositive());
    }

    private static void interrupt(Process script) throws Exception {
        Process kill = new ProcessBuilder("kill", "-INT", Long.toString(script.pid()))
                .inheritIO()
                .start();
        assertThat(kill.waitFor()).isZero();
    }

    @Test
    void helpAndWrongArgumentsStartNothing() throws Exception {
        Process help = start("--help");
        assertThat(help.inputReader(StandardCharsets.UTF_8).readAllAsString()).contains("--messages", "--stay", "Exit");
        assertThat(help.waitFor()).isZero();

        Process wrong = start("--messages", "0");
        assertThat(wrong.inputReader(StandardCharsets.UTF_8).readAllAsString()).contains("must be 1 to 10000, not 0");
        assertThat(wrong.waitFor()).isEqualTo(2);
        assertThat(scratch()).isEmptyDirectory();
    }
}
