package dev.signalbox.server;

import dev.signalbox.server.attachments.AttachmentsFeature;
import dev.signalbox.server.clients.ClientsFeature;
import dev.signalbox.server.cluster.ClusterFeature;
import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.command.CommandErrors;
import dev.signalbox.server.command.CommandRun;
import dev.signalbox.server.command.CompletionCommand;
import dev.signalbox.server.command.ConfigOptions;
import dev.signalbox.server.command.ContextCommand;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.HelpCommand;
import dev.signalbox.server.console.ConsoleFeature;
import dev.signalbox.server.delivery.DeliveryFeature;
import dev.signalbox.server.deliverycache.DeliveryCacheFeature;
import dev.signalbox.server.demo.DemoFeature;
import dev.signalbox.server.digest.DigestFeature;
import dev.signalbox.server.email.EmailFeature;
import dev.signalbox.server.exec.ExecFeature;
import dev.signalbox.server.hooks.HooksFeature;
import dev.signalbox.server.inbox.InboxFeature;
import dev.signalbox.server.leases.LeasesFeature;
import dev.signalbox.server.llm.LlmFeature;
import dev.signalbox.server.maintenance.MaintenanceFeature;
import dev.signalbox.server.node.Build;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.observatory.ObservatoryFeature;
import dev.signalbox.server.sandbox.SandboxFeature;
import dev.signalbox.server.sessions.SessionsFeature;
import dev.signalbox.server.sms.SmsFeature;
import dev.signalbox.server.suppression.SuppressionFeature;
import dev.signalbox.server.systemd.SystemdFeature;
import dev.signalbox.server.templates.TemplatesFeature;
import dev.signalbox.server.topics.TopicsFeature;
import dev.signalbox.server.webhook.WebhookFeature;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The command {@code signalbox}. */
@Command(
        name = "signalbox",
        description = "Routes messages between connected clients and your code, and delivers them to people.",
        mixinStandardHelpOptions = true,
        versionProvider = SignalboxCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
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
            "  bench    measures deliveries and routing; see ./signalbox bench --help",
            "  example  runs one of the small programs in examples/",
            "  package  makes archives with a Java runtime of their own"
        })
public final class SignalboxCommand {
    /** What this server can do. They start in this order and stop in reverse; docs and help list them so, too. */
    public static final Features FEATURES = Features.of(
            new MaintenanceFeature(),
            new ObservatoryFeature(),
            new TopicsFeature(),
            new InboxFeature(),
            new ClusterFeature(),
            new HooksFeature(),
            new ClientsFeature(),
            new SessionsFeature(),
            new ExecFeature(),
            new LlmFeature(),
            new SandboxFeature(),
            new SuppressionFeature(),
            new TemplatesFeature(),
            new AttachmentsFeature(),
            new DigestFeature(),
            new SmsFeature(),
            new EmailFeature(),
            new WebhookFeature(),
            new DeliveryCacheFeature(),
            new DeliveryFeature(),
            new LeasesFeature(),
            new ConsoleFeature(),
            new SystemdFeature(),
            new DemoFeature());

    /** The order in which help lists commands. */
    private static final List<String> ORDER = List.of(
            "demo",
            "serve",
            "send",
            "test-send",
            "import",
            "connect",
            "queue",
            "recurring",
            "batch",
            "cluster",
            "ha",
            "session",
            "client",
            "topic",
            "maintenance",
            "context",
            "migrate",
            "health",
            "check",
            "llm",
            "logs",
            "webhook",
            "sms",
            "suppression",
            "preference",
            "template",
            "attachment",
            "inbox",
            "simulator",
            "token",
            "completion",
            "help",
            "version");

    @Option(names = "--debug", description = "Shows stack traces of failures.", scope = ScopeType.INHERIT)
    private boolean debug;

    private SignalboxCommand() {}

    /** Runs the command and exits with its code. */
    public static void main(String[] arguments) {
        CarrierThreads.reserve();
        System.exit(onProcess(arguments));
    }

    /** Runs the command on the process's own stdout and stderr, and returns its exit code. */
    static int onProcess(String... arguments) {
        return ServeArguments.read(arguments)
                .map(config -> CommandRun.onProcess(err -> serve(config, err)))
                .orElseGet(() -> CommandRun.onProcess(commandLine(FEATURES, arguments), arguments));
    }

    private static int serve(ConfigOptions config, PrintWriter err) {
        try {
            return ServeCommand.serve(FEATURES, FEATURES.load(config));
        } catch (InterruptedException | RuntimeException failure) {
            return FailureReport.print(failure, false, err);
        }
    }

    /** Runs the command with another output, and returns its exit code. */
    static int run(Features features, Writer out, Writer err, String... arguments) {
        return CommandRun.run(commandLine(features, arguments), out, err, arguments);
    }

    /** The command line for these arguments: where they name a command, the others are not even made. */
    static CommandLine commandLine(Features features, String... arguments) {
        var root = new SignalboxCommand();
        var line = new CommandLine(root);
        var all = commands(features);
        var named = all.stream()
                .filter(entry -> arguments.length > 0 && entry.name().equals(arguments[0]))
                .findFirst();
        named.ifPresentOrElse(
                entry -> line.addSubcommand(entry.name(), entry.command().get()),
                () -> all.forEach(entry -> line.addSubcommand(entry.name(), entry.outline())));
        return configured(line, root);
    }

    /** The command line with every command and all their options. */
    static CommandLine wholeCommandLine(Features features) {
        var root = new SignalboxCommand();
        var line = new CommandLine(root);
        commands(features)
                .forEach(entry ->
                        line.addSubcommand(entry.name(), entry.command().get()));
        return configured(line, root);
    }

    private static CommandLine configured(CommandLine line, SignalboxCommand root) {
        line.setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler(root::explain);
        describeExitCodes(line);
        return line;
    }

    private static List<CommandEntry> commands(Features features) {
        var all = new ArrayList<CommandEntry>(features.commands());
        all.add(new CommandEntry("serve", ServeCommand.class, () -> new ServeCommand(features)));
        all.add(new CommandEntry("migrate", MigrateCommand.class, () -> new MigrateCommand(features)));
        all.add(new CommandEntry("simulator", SimulatorCommand.class, () -> simulator(features)));
        all.add(new CommandEntry("context", ContextCommand.class, () -> new ContextCommand()));
        all.add(new CommandEntry(
                "completion", CompletionCommand.class, () -> new CompletionCommand(() -> wholeCommandLine(features))));
        all.add(new CommandEntry(
                "help",
                HelpCommand.class,
                () -> new HelpCommand(words -> commandLine(features, words), () -> wholeCommandLine(features))));
        all.add(new CommandEntry("health", HealthCommand.class, () -> new HealthCommand()));
        all.add(new CommandEntry("version", VersionCommand.class, () -> new VersionCommand()));
        all.sort(Comparator.comparingInt(entry -> ORDER.indexOf(entry.name())));
        return all;
    }

    private static CommandLine simulator(Features features) {
        var simulator = new CommandLine(new SimulatorCommand());
        features.simulators()
                .forEach(entry ->
                        simulator.addSubcommand(entry.name(), entry.command().get()));
        return simulator;
    }

    private static void describeExitCodes(CommandLine line) {
        var usage = line.getCommandSpec().usageMessage();
        usage.exitCodeListHeading("%nExit codes:%n");
        usage.exitCodeList(usage.exitCodeList().isEmpty() ? ExitCode.LIST : usage.exitCodeList());
        line.getSubcommands().values().forEach(SignalboxCommand::describeExitCodes);
    }

    private int explain(Exception failure, CommandLine line, ParseResult parsed) {
        return failure instanceof ParameterException wrong
                ? CommandErrors.explain(wrong)
                : FailureReport.print(failure, debug, line.getErr());
    }

    /** For {@code --version}. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"signalbox " + Build.info().version()};
        }
    }
}
