package dev.signalbox.server.command;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Where a command writes: results to stdout, everything else to stderr. Each line is flushed, for those who follow. */
@Command
public final class Output {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    public PrintWriter out() {
        return line().getOut();
    }

    public PrintWriter err() {
        return line().getErr();
    }

    /** Prints a result. Throws {@link CommandFailure} if it cannot be written: there is no use in going on then. */
    public void result(Object text) {
        out().println(text);
        flush();
    }

    /** Hands on what was printed to {@link #out}. Throws {@link CommandFailure} if it cannot be written. */
    public void flush() {
        if (out().checkError()) {
            throw new CommandFailure(ExitCode.FAILED, CommandRun.OUTPUT_LOST);
        }
    }

    /** Empties a terminal's screen; where the output is none, does nothing. */
    public void clearScreen() {
        Optional.ofNullable(System.console()).filter(Console::isTerminal).ifPresent(console -> {
            console.writer().print("\u001b[H\u001b[2J");
            console.flush();
        });
    }

    public void note(String text) {
        err().println(text);
        err().flush();
    }

    private CommandLine line() {
        return Objects.requireNonNull(command, "picocli sets it").commandLine();
    }
}
