package dev.signalbox.server.observatory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.observatory.Destination;
import dev.signalbox.observatory.LogFiles;
import dev.signalbox.observatory.Observatory;
import dev.signalbox.observatory.ObservatoryOptions;
import dev.signalbox.observatory.ObservatoryOptions.DeadLetters;
import dev.signalbox.observatory.Severity;
import dev.signalbox.observatory.WireFormat;
import dev.signalbox.server.Run;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.testing.simulator.ObservatorySimulator;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour;
import dev.signalbox.testing.simulator.ObservatorySimulatorOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsCommandTest {
    private final ObservatorySimulator sink = ObservatorySimulator.start(ObservatorySimulatorOptions.defaults());

    @TempDir
    Path folder;

    private Path dead = Path.of("");
    private String token = "";

    /** Ten dead letters. */
    @BeforeEach
    void refused() throws IOException {
        dead = folder.resolve("dead");
        token = Files.writeString(folder.resolve("token"), "mock-token\n").toString();
        sink.behave(ObservatorySimulatorBehaviour.perfect().answering(404, 0));
        var destination = Destination.of(sink.url(), "mock-token", WireFormat.EVERWORKER);
        try (var observatory =
                Observatory.start(ObservatoryOptions.to(destination).withDeadLetters(DeadLetters.in(dead)))) {
            for (int i = 0; i < 10; i++) {
                observatory.log(Severity.WARN, "record " + i);
            }
        }
        sink.behave(ObservatorySimulatorBehaviour.perfect());
        sink.reset();
    }

    @AfterEach
    void close() {
        sink.close();
    }

    private Run replay(String... more) {
        var arguments = new java.util.ArrayList<>(java.util.List.of(
                "logs", "replay", dead.toString(), "--to", sink.url().toString(), "--token-file", token, "--json"));
        arguments.addAll(java.util.List.of(more));
        return Run.of(arguments.toArray(String[]::new));
    }

    @Test
    void theyAreShown() {
        var run = Run.of("logs", "show", dead.toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out().lines())
                .hasSize(10)
                .allMatch(line -> line.contains("WARN") && line.contains("[HTTP 404]"));
        var json = RestClient.JSON.readTree(Run.of("logs", "show", dead.toString(), "--json")
                .out()
                .lines()
                .findFirst()
                .orElseThrow());
        assertThat(json.path("message").asString("")).isEqualTo("record 0");
        assertThat(json.path("status").asInt(0)).isEqualTo(404);
    }

    @Test
    void aDryRunShipsNothing() {
        var run = replay("--dry-run");
        assertThat(run.json().path("records").asInt(0)).isEqualTo(10);
        assertThat(sink.stats().requests()).isZero();
    }

    @Test
    void theyAreShippedOnceAndTheFileIsGone() {
        var run = replay();
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.json().path("shipped").asInt(0)).isEqualTo(10);
        assertThat(sink.stats().records()).isEqualTo(10);
        assertThat(replay().json().path("shipped").asInt(-1)).isZero();
    }

    @Test
    void whatIsRefusedAgainStays() {
        sink.behave(ObservatorySimulatorBehaviour.perfect().withPoison("record 3"));
        var run = replay("--format", "everworker");
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.json().path("refused").asInt(0)).isOne();
        assertThat(Run.of("logs", "show", dead.toString()).out().lines()).hasSize(1);
    }

    @Test
    void aWrongTokenIsToldAndLosesNothing() throws IOException {
        Files.writeString(Path.of(token), "wrong");
        var run = replay();
        assertThat(run.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(run.err()).contains("HTTP 401").doesNotContain("wrong");
        assertThat(Run.of("logs", "show", dead.toString()).out().lines()).hasSize(10);
    }

    @Test
    void whatIsDamagedIsCountedAndKept() throws IOException {
        Path file = LogFiles.find(dead).getFirst();
        byte[] bytes = Files.readAllBytes(file);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("record 4");
        bytes[at] = '#';
        Files.write(file, bytes);

        var shown = Run.of("logs", "show", dead.toString());
        assertThat(shown.out().lines()).hasSize(9);
        assertThat(shown.err()).contains(file + " is damaged: 1 records in it cannot be read");

        var run = replay();
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.json().path("shipped").asInt(0)).isEqualTo(9);
        assertThat(run.json().path("damaged").asInt(0)).isOne();
        assertThat(run.err()).contains("1 records could not be read").contains(".damaged");
        assertThat(Files.exists(file.resolveSibling(file.getFileName() + ".damaged")))
                .isTrue();
    }

    @Test
    void mistakesAreNamed() {
        assertThat(Run.of("logs", "show", folder.resolve("nothing").toString()).exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(Run.of("logs", "replay", dead.toString(), "--to", "ftp://x").err())
                .contains("--to");
    }
}
