package dev.signalbox.server;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.configuration.ConfigException;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.node.StartupException;
import java.io.PrintWriter;

/** Says why a command failed. */
final class FailureReport {
    private FailureReport() {}

    /**
     * Prints the reason, and returns the exit code.
     *
     * @param debug with the stack trace
     */
    static int print(Exception failure, boolean debug, PrintWriter err) {
        err.println("signalbox: " + words(failure, debug));
        if (debug) {
            failure.printStackTrace(err);
        }
        err.flush();
        return switch (failure) {
            case CommandFailure named -> named.exitCode();
            case ConfigException invalid -> ExitCode.USAGE;
            default -> ExitCode.FAILED;
        };
    }

    private static String words(Exception failure, boolean debug) {
        boolean explained = failure instanceof CommandFailure
                || failure instanceof ConfigException
                || failure instanceof StartupException
                || failure instanceof DatabaseException
                || debug;
        return explained ? FailureText.of(failure) : FailureText.of(failure) + " (--debug shows more)";
    }
}
