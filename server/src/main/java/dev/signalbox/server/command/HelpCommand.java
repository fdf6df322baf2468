package dev.signalbox.server.command;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.UnmatchedArgumentException;

/** Explains commands. */
@Command(
        name = "help",
        description = "Explains a command: `help queue list` is `queue list --help`.",
        mixinStandardHelpOptions = true)
public final class HelpCommand implements Callable<Integer> {
    private final Function<String[], CommandLine> line;
    private final Supplier<CommandLine> whole;

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "The command; all of them if there is none.")
    private final List<String> command = new ArrayList<>();

    @Option(names = "--man", description = "Prints the manual of all commands as man(1) reads it.")
    private boolean man;

    @Mixin
    private final Output output = new Output();

    /** Explains the commands of {@code line}, which makes the command line for some arguments, or of {@code whole}, with all. */
    public HelpCommand(Function<String[], CommandLine> line, Supplier<CommandLine> whole) {
        this.line = line;
        this.whole = whole;
    }

    @Override
    public Integer call() {
        if (man) {
            output.result(ManPage.of(whole.get()).strip());
            return ExitCode.OK;
        }
        String[] words = Stream.concat(command.stream(), Stream.of("--help")).toArray(String[]::new);
        CommandLine explained = line.apply(words).setErr(output.err());
        check(explained);
        return CommandRun.run(explained, output.out(), output.err(), words);
    }

    /** picocli would explain the last command that it knows. */
    private void check(CommandLine explained) {
        CommandLine at = explained;
        for (String word : command) {
            CommandLine next = at.getSubcommands().get(word);
            if (next == null) {
                throw new UnmatchedArgumentException(at, List.of(word));
            }
            at = next;
        }
    }
}
