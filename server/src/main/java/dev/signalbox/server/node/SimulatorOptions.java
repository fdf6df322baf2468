package dev.signalbox.server.node;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Signals;
import dev.signalbox.server.configuration.FailureText;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Where a simulated provider listens, and how its command runs: in the foreground, until a signal. */
@Command
public final class SimulatorOptions {
    @Option(names = "--host", defaultValue = "127.0.0.1", description = "Where to listen; default ${DEFAULT-VALUE}.")
    private String host = "";

    @Option(names = "--port", description = "Default ${DEFAULT-VALUE}; 0 picks a free one.")
    private int port;

    /** What a simulator does until it is stopped; it waits for {@code signals}, and closes what it started. */
    @FunctionalInterface
    public interface Simulation<T> {
        void run(T options, Signals signals) throws InterruptedException;
    }

    public SimulatorOptions(int port) {
        this.port = port;
    }

    public String host() {
        return host;
    }

    public int port() {
        return port;
    }

    /** Runs it and returns the exit code. Throws {@link CommandFailure} if an option is wrong or the port is taken. */
    public <T> int run(Supplier<T> options, Simulation<T> simulation) throws InterruptedException {
        T checked = checked(options);
        Logging.configure(LogFormat.PLAIN, LogLevel.WARN);
        try {
            simulation.run(checked, Signals.taken());
            return ExitCode.OK;
        } catch (UncheckedIOException e) {
            throw new CommandFailure(ExitCode.FAILED, FailureText.of(e), e);
        }
    }

    private static <T> T checked(Supplier<T> options) {
        try {
            return options.get();
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, FailureText.of(e), e);
        }
    }
}
