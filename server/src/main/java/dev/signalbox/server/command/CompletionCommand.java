package dev.signalbox.server.command;

import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Prints what a shell needs to complete commands and options. */
@Command(
        name = "completion",
        description = "Prints a script that lets your shell complete commands and options.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(signalbox completion bash)",
            "  source <(signalbox completion zsh)",
            "  signalbox completion fish > ~/.config/fish/completions/signalbox.fish"
        })
public final class CompletionCommand implements Callable<Integer> {
    private enum Shell {
        BASH,
        ZSH,
        FISH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Supplier<CommandLine> whole;

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    private Shell shell = Shell.BASH;

    @Mixin
    private final Output output = new Output();

    /** Completes what {@code whole} makes: a command line with every command. */
    public CompletionCommand(Supplier<CommandLine> whole) {
        this.whole = whole;
    }

    @Override
    public Integer call() {
        CommandLine line = whole.get();
        // picocli's script serves zsh, too: it loads bashcompinit there.
        output.result(
                shell == Shell.FISH
                        ? FishCompletion.of(line).strip()
                        : AutoComplete.bash("signalbox", line).strip());
        return ExitCode.OK;
    }
}
