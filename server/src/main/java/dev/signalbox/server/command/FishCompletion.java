package dev.signalbox.server.command;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Completions for fish, which picocli does not know. */
final class FishCompletion {
    private static final String BEGIN = """
            # Completions of signalbox for fish, made by: signalbox completion fish
            function __signalbox_is
                set -l words (commandline -opc | string match -v -- '-*')[2..]
                test (count $words) -ge (count $argv); or return 1
                for i in (seq (count $argv))
                    test $words[$i] = $argv[$i]; or return 1
                end
            end
            function __signalbox_at
                set -l words (commandline -opc | string match -v -- '-*')[2..]
                test (count $words) -eq (count $argv); and __signalbox_is $argv
            end
            """;

    private FishCompletion() {}

    static String of(CommandLine line) {
        var script = new StringBuilder(BEGIN);
        command(line, List.of(), script);
        return script.toString();
    }

    private static void command(CommandLine line, List<String> path, StringBuilder script) {
        line.getSubcommands().forEach((name, sub) -> {
            script.append("complete -c signalbox -f -n ")
                    .append(quoted(condition("__signalbox_at", path)))
                    .append(" -a ")
                    .append(name)
                    .append(described(sub.getCommandSpec()))
                    .append('\n');
            command(sub, Stream.concat(path.stream(), Stream.of(name)).toList(), script);
        });
        for (OptionSpec option : line.getCommandSpec().options()) {
            script.append("complete -c signalbox -n ").append(quoted(condition("__signalbox_is", path)));
            Arrays.stream(option.names()).forEach(name -> script.append(flag(name)));
            script.append(option.arity().max() > 0 ? " -r" : "")
                    .append(described(option.description()))
                    .append('\n');
        }
    }

    private static String condition(String function, List<String> path) {
        return String.join(
                " ", Stream.concat(Stream.of(function), path.stream()).toList());
    }

    private static String flag(String name) {
        return name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1);
    }

    private static String described(CommandSpec command) {
        return described(command.usageMessage().description());
    }

    private static String described(String... description) {
        return description.length == 0 ? "" : " -d " + quoted(description[0]);
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
