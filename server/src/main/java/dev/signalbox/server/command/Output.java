package dev.signalbox.server.command;

import java.io.PrintWriter;
import java.util.Objects;
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

    public void result(Object text) {
        out().println(text);
        out().flush();
    }

    public void note(String text) {
        err().println(text);
        err().flush();
    }

    private CommandLine line() {
        return Objects.requireNonNull(command, "picocli sets it").commandLine();
    }
}
