package dev.signalbox.server.command;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.UnmatchedArgumentException;

/** Explains commands. */
@Command(
        name = "help",
        description = "Explains a command: `help queue list` is `queue list --help`.",
        mixinStandardHelpOptions = true)
public final class HelpCommand implements Callable<Integer> {
    private final Function<String[], CommandLine> line;

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "The command; all of them if there is none.")
    private final List<String> command = new ArrayList<>();

    @Mixin
    private final Output output = new Output();

    /** Explains the commands of {@code line}, which makes the command line for some arguments. */
    public HelpCommand(Function<String[], CommandLine> line) {
        this.line = line;
    }

    @Override
    public Integer call() {
        String[] words = Stream.concat(command.stream(), Stream.of("--help")).toArray(String[]::new);
        CommandLine whole = line.apply(words).setErr(output.err());
        check(whole);
        return CommandRun.run(whole, output.out(), output.err(), words);
    }

    /** picocli would explain the last command that it knows. */
    private void check(CommandLine whole) {
        CommandLine at = whole;
        for (String word : command) {
            CommandLine next = at.getSubcommands().get(word);
            if (next == null) {
                throw new UnmatchedArgumentException(at, List.of(word));
            }
            at = next;
        }
    }
}
