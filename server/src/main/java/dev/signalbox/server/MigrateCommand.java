package dev.signalbox.server;

import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.ConfigOptions;
import dev.signalbox.server.command.MigrationReport;
import dev.signalbox.server.command.Output;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.server.node.Logging;
import dev.signalbox.server.config.ServerConfig;
import dev.signalbox.server.config.ServerConfig.LogFormat;
import dev.signalbox.server.config.ServerConfig.LogLevel;
import dev.signalbox.server.config.ServerConfig.SessionStoreKind;
import dev.signalbox.session.postgres.PostgresSessions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Brings the database up to date. */
@Command(
        name = "migrate",
        description = {
            "Creates the server's tables, or brings them up to date.",
            "`serve` does so by itself; this is for those who want it as a step of its own. Running it again changes"
                    + " nothing."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  signalbox migrate", "  signalbox migrate --status --set database.url=postgresql://db/signalbox"})
final class MigrateCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    @Option(names = "--status", description = "Only lists the migrations and when they were applied.")
    private boolean status;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        Logging.configure(LogFormat.PLAIN, LogLevel.WARN);
        ServerConfig values = config.load().values();
        try (var database = Database.open(values.database())) {
            boolean sessions = values.session().store() == SessionStoreKind.DATABASE;
            if (!status) {
                migrate(database, sessions);
            }
            report(database, sessions).print(output.out(), json);
            return ExitCode.OK;
        }
    }

    private static void migrate(Database database, boolean sessions) {
        DeliveryQueue.on(database);
        if (sessions) {
            PostgresSessions.migrate(database);
        }
    }

    private static MigrationReport report(Database database, boolean sessions) {
        Map<String, List<Migration>> modules = new LinkedHashMap<>();
        modules.put("delivery", DeliveryQueue.migrations(database));
        if (sessions) {
            modules.put("session", PostgresSessions.migrations(database));
        }
        return MigrationReport.of(modules);
    }
}
