package dev.signalbox.server;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import dev.signalbox.server.command.ConfigOptions;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.MigrationReport;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.configuration.Configuration;
import dev.signalbox.server.node.Feature.Tables;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.LogFormat;
import dev.signalbox.server.node.LogLevel;
import dev.signalbox.server.node.Logging;
import dev.signalbox.server.node.NodeSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Brings the database up to date. */
@Command(
        name = "migrate",
        description = {
            "Creates the server's tables, or brings them up to date.",
            "`serve` also does this when it starts. Running it again changes nothing."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox migrate",
            "  signalbox migrate --dry-run > pending.sql",
            "  signalbox migrate --status --set database.url=postgresql://db/signalbox"
        })
final class MigrateCommand implements Callable<Integer> {
    private final Features features;

    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    @ArgGroup
    private Only only = new Only();

    /** Neither changes anything. */
    static final class Only {
        @Option(names = "--status", description = "Only lists the migrations and when they were applied.")
        private boolean status;

        @Option(
                names = "--dry-run",
                description = {
                    "Only prints the SQL that would be run. Fails if it could not be,",
                    "such as when a newer version has changed the tables."
                })
        private boolean dryRun;
    }

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private final Output output = new Output();

    MigrateCommand(Features features) {
        this.features = features;
    }

    @Override
    public Integer call() {
        Logging.configure(LogFormat.PLAIN, LogLevel.WARN);
        Configuration configuration = features.load(config);
        List<Tables> tables = features.tables(configuration);
        try (var database =
                Database.open(configuration.values(NodeSettings::read).database())) {
            if (!only.status && !only.dryRun) {
                tables.forEach(module -> module.migrate().accept(database));
            }
            MigrationReport report = report(database, tables);
            if (only.dryRun) {
                report.printPending(output.out(), json);
                return report.isPossible() ? ExitCode.OK : ExitCode.FAILED;
            }
            report.print(output.out(), json);
            return ExitCode.OK;
        }
    }

    private static MigrationReport report(Database database, List<Tables> tables) {
        Map<String, List<Migration>> modules = new LinkedHashMap<>();
        tables.forEach(module -> modules.put(module.module(), module.history().apply(database)));
        return MigrationReport.of(modules);
    }
}
