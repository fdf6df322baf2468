package dev.signalbox.server.delivery;

import dev.signalbox.database.Database;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.HistoryCheck;
import dev.signalbox.delivery.queue.HistoryCheck.Report;
import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ConfigOptions;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.TimeOption;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.LogFormat;
import dev.signalbox.server.node.LogLevel;
import dev.signalbox.server.node.Logging;
import dev.signalbox.server.node.NodeSettings;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Proves from the tables that the queue kept its promises. */
@Command(
        name = "history",
        description = {
            "Proves from the database that no message was lost, recorded twice, or sent again but where its channel allows.",
            "It changes nothing and may run beside a server. It reads every message, so on a large database give it time."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox check history",
            "  signalbox check history --key-lifetime sms=24h --key-lifetime email=0s --json"
        })
final class CheckHistory implements Callable<Integer> {
    private final Features features;

    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    @Option(
            names = "--key-lifetime",
            paramLabel = "CHANNEL=TIME",
            converter = {ChannelOption.class, TimeOption.class},
            description =
                    "How long a channel's provider recognises a repeated key; then repeats are judged by it, too.")
    private final Map<Channel, Duration> keyLifetimes = new LinkedHashMap<>();

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private final Output output = new Output();

    CheckHistory(Features features) {
        this.features = features;
    }

    @Override
    public Integer call() {
        Logging.configure(LogFormat.PLAIN, LogLevel.WARN);
        NodeSettings settings = features.load(config).values(NodeSettings::read);
        try (var database = Database.open(settings.database())) {
            Report report = HistoryCheck.run(database, keyLifetimes);
            if (json) {
                output.result(RestClient.JSON.valueToTree(report));
            } else {
                print(report, output.out());
            }
            if (!report.isClean()) {
                throw new CommandFailure(ExitCode.FAILED, report.violations().size() + " promises were broken");
            }
            return ExitCode.OK;
        }
    }

    private static void print(Report report, PrintWriter out) {
        out.println(report.messages() + " messages with " + report.attempts() + " lines of history");
        for (var violation : report.violations()) {
            out.println("BROKEN  " + violation.rule() + ": " + violation.count() + " times, such as");
            violation.examples().forEach(example -> out.println("          " + example));
        }
        if (report.isClean()) {
            out.println("Every promise was kept");
        }
    }
}
