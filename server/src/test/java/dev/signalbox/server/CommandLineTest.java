package dev.signalbox.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.command.ExitCode;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What all commands have in common. */
class CommandLineTest {

    static Stream<String> commands() {
        return commands(SignalboxCommand.wholeCommandLine(SignalboxCommand.FEATURES), "")
                .filter(command -> !command.isEmpty());
    }

    private static Stream<String> commands(CommandLine line, String path) {
        return Stream.concat(
                Stream.of(path.strip()),
                line.getSubcommands().entrySet().stream()
                        .flatMap(e -> commands(e.getValue(), path + " " + e.getKey())));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandExplainsItself(String command) {
        var run = Run.of((command + " --help").split(" "));
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("Usage: signalbox " + command).contains("Exit codes");
        assertThat(run.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"nonsense", "send", "send --to", "queue show", "import", "token", "queue list --limit many"})
    void aWrongCommandLineIsOneThing(String arguments) {
        var run = Run.of(arguments.split(" "));
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isNotEmpty().doesNotContain("Exception");
    }

    @Test
    void saysWhichBuildItIs() {
        assertThat(Run.of("version").out()).startsWith("signalbox 0.");
        assertThat(Run.of("--version").out()).startsWith("signalbox 0.");
        assertThat(Run.of("version", "--json").json().get("version").asString()).startsWith("0.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"queue status", "queue list", "send --to sms:+61491570006 hi"})
    void aServerThatIsNotThereIsUnreachable(String command) {
        var run = Run.of((command + " --url http://127.0.0.1:1").split(" "));
        assertThat(run.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(run.err())
                .startsWith("signalbox: no server answers at http://127.0.0.1:1")
                .hasLineCount(2);
    }

    @Test
    void showsStackTracesOnDemandOnly() {
        var quiet = Run.of("queue", "status", "--url", "http://127.0.0.1:1");
        var debug = Run.of("queue", "status", "--url", "http://127.0.0.1:1", "--debug");
        assertThat(quiet.err()).doesNotContain("\tat ");
        assertThat(debug.err()).contains("\tat ");
    }
}
