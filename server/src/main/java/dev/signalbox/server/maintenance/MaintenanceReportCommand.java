package dev.signalbox.server.maintenance;

import dev.signalbox.server.command.HumanTime;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.Table;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** What drains did. */
@Command(
        name = "report",
        description = "Prints what the last drain did: who was waited for, how long, what was left and cut.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  signalbox maintenance report --all", "  signalbox maintenance report --json"})
final class MaintenanceReportCommand extends MaintenanceQuestion {
    @Option(names = "--all", description = "Prints all that the node remembers, the latest first.")
    private boolean all;

    @Override
    JsonNode ask(RestClient client) {
        return client.get(MaintenanceCommand.PATH + "/reports");
    }

    @Override
    void show(JsonNode reports, PrintWriter out) {
        JsonNode items = reports.path("items");
        if (items.isEmpty()) {
            out.println("the node has not drained since its start");
            return;
        }
        for (int i = 0; i < (all ? items.size() : 1); i++) {
            print(items.get(i), out);
        }
    }

    private static void print(JsonNode report, PrintWriter out) {
        out.println("drain " + report.path("number").asString("") + ", "
                + HumanTime.local().of(report.path("startedAt").asString("")) + ": "
                + report.path("outcome").asString("") + " in " + time(report.path("tookMillis")));
        var table = new Table("PHASE", "PARTICIPANT", "OUTCOME", "WAITED", "FOUND", "LEFT", "PROBLEM");
        report.path("entries")
                .forEach(entry -> table.row(
                        entry.path("phase").asString(""),
                        entry.path("name").asString(""),
                        entry.path("outcome").asString("") + (entry.path("cut").asBoolean(false) ? ", cut" : ""),
                        time(entry.path("waitedMillis")),
                        entry.path("found").asString(""),
                        entry.path("left").asString(""),
                        entry.path("problem").asString("")));
        table.print(out);
    }
}
