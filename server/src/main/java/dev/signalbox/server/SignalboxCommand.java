package dev.signalbox.server;

import dev.signalbox.server.llm.LlmCommand;
import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.clients.ConnectCommand;
import dev.signalbox.server.delivery.QueueCommand;
import dev.signalbox.server.clients.TokenCommand;
import dev.signalbox.server.delivery.SendCommand;
import dev.signalbox.server.sessions.SessionCommand;
import dev.signalbox.server.delivery.ImportCommand;
import dev.signalbox.server.observatory.LogsCommand;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.server.node.Build;
import dev.signalbox.server.node.StartupException;
import dev.signalbox.server.configuration.ConfigException;
import dev.signalbox.server.demo.DemoCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The command {@code signalbox}. */
@Command(
        name = "signalbox",
        description = "Routes messages between connected clients and your code, and delivers them to people.",
        mixinStandardHelpOptions = true,
        versionProvider = SignalboxCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            ServeCommand.class,
            SendCommand.class,
            ImportCommand.class,
            ConnectCommand.class,
            QueueCommand.class,
            SessionCommand.class,
            MigrateCommand.class,
            LlmCommand.class,
            LogsCommand.class,
            SimulatorCommand.class,
            TokenCommand.class,
            VersionCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox demo",
            "  signalbox serve",
            "  signalbox send --to sms:+61491570006 'The train leaves at nine'",
            "  signalbox import examples/messages.csv",
            "",
            "The script ./signalbox in the sources also knows:",
            "  verify   builds everything and runs every test",
            "  bench    measures deliveries and routing; see ./signalbox bench --help"
        })
public final class SignalboxCommand {
    @Option(names = "--debug", description = "Shows stack traces of failures.", scope = ScopeType.INHERIT)
    private boolean debug;

    private SignalboxCommand() {}

    /** Runs the command and exits with its code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        var root = new SignalboxCommand();
        var line = new CommandLine(root)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler(root::explain);
        describeExitCodes(line);
        return line;
    }

    private static void describeExitCodes(CommandLine line) {
        var usage = line.getCommandSpec().usageMessage();
        usage.exitCodeListHeading("%nExit codes:%n");
        usage.exitCodeList(usage.exitCodeList().isEmpty() ? ExitCode.LIST : usage.exitCodeList());
        line.getSubcommands().values().forEach(SignalboxCommand::describeExitCodes);
    }

    private int explain(Exception failure, CommandLine line, ParseResult parsed) {
        PrintWriter err = line.getErr();
        err.println("signalbox: " + words(failure));
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

    private String words(Exception failure) {
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        boolean explained = failure instanceof CommandFailure
                || failure instanceof ConfigException
                || failure instanceof StartupException
                || failure instanceof DatabaseException
                || debug;
        return explained ? message : message + " (--debug shows more)";
    }

    /** For {@code --version}. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"signalbox " + Build.info().version()};
        }
    }
}
