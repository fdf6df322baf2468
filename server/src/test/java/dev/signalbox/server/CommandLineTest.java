package dev.signalbox.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.command.ExitCode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What all commands have in common. */
class CommandLineTest {
    @TempDir
    Path folder;

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
        assertThat(run.err())
                .startsWith("signalbox: ")
                .contains("Try: signalbox")
                .doesNotContain("Exception")
                .hasLineCount(2);
    }

    @Test
    void saysWhichBuildItIs() {
        assertThat(Run.of("version").out()).startsWith("signalbox 0.");
        assertThat(Run.of("--version").out()).startsWith("signalbox 0.");
        assertThat(Run.of("version", "--json").json().get("version").asString()).startsWith("0.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"health", "queue status", "queue list", "send --to sms:+61491570006 hi"})
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "sned | did you mean 'send'?",
                "queue lsit | did you mean 'list'?",
                "queue list --limt 3 | did you mean '--limit'?",
                "queue list --limit=many | --limit: 'many' is not a whole number",
                "completion tcsh | 'tcsh' is not one of bash, zsh, fish",
                "token alice --expires-in soon | 'soon' is not a time such as",
                "import x --format xml | 'xml' is not one of csv, ndjson",
                "help sned | did you mean 'send'?"
            })
    void namesWhatWasProbablyMeant(String arguments, String words) {
        var run = Run.of(arguments.split(" "));
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(words).hasLineCount(2);
    }

    @Test
    void helpIsTheHelpOfTheCommand() {
        assertThat(Run.of("help").out()).isEqualTo(Run.of("--help").out()).contains("queue", "Lists, retries");
        assertThat(Run.of("help", "queue", "list").out())
                .isEqualTo(Run.of("queue", "list", "--help").out())
                .contains("--state");
    }

    @Test
    void withoutACommandItNamesThem() {
        var run = Run.of();
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("no command given", "demo, serve, send").hasLineCount(2);
    }

    @Test
    void aTextThatBeginsWithAnAtSignIsNoFile() throws IOException {
        var file = Files.writeString(folder.resolve("secret"), "--priority 1");
        var run = Run.of("send", "--url", "http://127.0.0.1:1", "--to", "client:a", "@" + file);
        assertThat(run.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"version", "help", "completion fish"})
    void outputThatCannotBeWrittenFails(String arguments) {
        var err = new StringWriter();
        var full = new Writer() {
            @Override
            public void write(char[] text, int from, int length) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        assertThat(SignalboxCommand.run(SignalboxCommand.FEATURES, full, err, arguments.split(" ")))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err.toString())
                .isEqualTo("signalbox: the output could not be written: the disk is full, or the"
                        + " program that read it has ended\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void bashCompletesCommandsAndOptions(String shell) throws Exception {
        var script = Files.writeString(
                folder.resolve("completion"), Run.of("completion", shell).out());
        assertThat(completed(script, "signalbox", "qu")).contains("queue");
        assertThat(completed(script, "signalbox", "queue", "re")).contains("retry", "resolve");
        assertThat(completed(script, "signalbox", "send", "--ded")).contains("--dedupe-key");
    }

    private static String completed(Path script, String... words) throws Exception {
        var complete = "source " + script + "; COMP_WORDS=(" + String.join(" ", words) + "); COMP_CWORD="
                + (words.length - 1) + "; COMP_LINE=\"${COMP_WORDS[*]}\"; _complete_signalbox " + words[0] + " "
                + words[words.length - 1] + " " + words[words.length - 2] + "; echo \"${COMPREPLY[@]}\"";
        var process = new ProcessBuilder("bash", "-c", complete)
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void fishCompletesCommandsAndOptions() {
        assertThat(Run.of("completion", "fish").out())
                .contains("complete -c signalbox -f -n '__signalbox_at' -a queue -d 'Lists, retries")
                .contains("complete -c signalbox -f -n '__signalbox_at queue' -a resolve")
                .contains("complete -c signalbox -n '__signalbox_is queue list' -l state -r -d");
    }

    @Test
    void theManualHasEveryCommandWithItsOptions() {
        String manual = Run.of("help", "--man").out();

        assertThat(manual)
                .startsWith(".TH SIGNALBOX 1\n.SH NAME\nsignalbox \\- Routes messages")
                .contains("\n.SS signalbox serve\n", "\n.SS signalbox queue list\n", "\n.SS signalbox import FILE\n")
                .contains("\n.TP\n.B \\-c, \\-\\-config=FILE\n", "\n.SH EXIT STATUS\n.TP\n.B 0\n")
                .doesNotContain("%n");
        assertThat(manual.lines().filter(line -> line.startsWith(".")))
                .allSatisfy(line -> assertThat(line).matches("\\.(TH|SH|SS|TP|PP|EX|EE|B)( .*)?"));
    }
}
