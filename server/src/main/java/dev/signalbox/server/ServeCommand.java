package dev.signalbox.server;

import dev.signalbox.server.command.ConfigOptions;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.Signals;
import dev.signalbox.server.configuration.Configuration;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.Logging;
import dev.signalbox.server.node.NodeSettings;
import dev.signalbox.server.node.Server;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a server until it is told to stop. */
@Command(
        name = "serve",
        description = {
            "Runs the server until SIGINT or SIGTERM.",
            "The first signal finishes what is in flight, the second ends at once."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox serve",
            "  signalbox serve --config signalbox.yaml --set control.port=9090",
            "  signalbox serve --print-config"
        })
final class ServeCommand implements Callable<Integer> {
    private final Features features;

    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    @Option(names = "--print-config", description = "Prints the configuration in effect, without secrets, and exits.")
    private boolean printConfig;

    @Mixin
    private final Output output = new Output();

    ServeCommand(Features features) {
        this.features = features;
    }

    @Override
    public Integer call() throws Exception {
        var configuration = features.load(config);
        if (printConfig) {
            print(configuration);
            return ExitCode.OK;
        }
        return serve(features, configuration);
    }

    /** Runs a server until it is told to stop, and returns the exit code. */
    static int serve(Features features, Configuration configuration) throws InterruptedException {
        var settings = configuration.values(NodeSettings::read);
        Logging.configure(settings.logFormat(), settings.logLevel());
        // Not a constant of the class, which would start the log for `help` and `completion`, too.
        Logger log = LoggerFactory.getLogger(ServeCommand.class);
        configuration.warnings().forEach(log::warn);
        var signals = Signals.taken();
        try (var server = Server.start(features, configuration)) {
            signals.await();
            log.info("stopping; a second signal ends at once");
            return server.stop(settings.shutdownTimeout()) ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    private void print(Configuration configuration) {
        configuration.warnings().forEach(warning -> output.note("warning: " + warning));
        output.out().print(configuration.print());
        output.out().flush();
    }
}
