package dev.signalbox.server.maintenance;

import dev.signalbox.server.command.HumanTime;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.Table;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** How a node stands. */
@Command(
        name = "status",
        description = "Prints whether the node is in maintenance, who wishes it, and what is still under way.",
        mixinStandardHelpOptions = true)
final class MaintenanceStatusCommand extends MaintenanceQuestion {
    @Override
    JsonNode ask(RestClient client) {
        return client.get(MaintenanceCommand.PATH);
    }

    @Override
    void show(JsonNode status, PrintWriter out) {
        print(status, out);
    }

    static void print(JsonNode status, PrintWriter out) {
        HumanTime times = HumanTime.local();
        out.println("admission  " + status.path("admission").asString("?") + ", since "
                + times.of(status.path("since").asString("")));
        signals(status.path("signals"), times, out);
        underWay(status.path("underWay"), out);
        stale(status.path("sources"), out);
        status.path("problems")
                .properties()
                .forEach(each -> out.println(
                        "problem    " + each.getKey() + ": " + each.getValue().asString("")));
    }

    private static void signals(JsonNode signals, HumanTime times, PrintWriter out) {
        if (signals.isEmpty()) {
            return;
        }
        var table = new Table("SIGNAL OF", "BY", "SINCE", "UNTIL", "REASON");
        signals.forEach(signal -> table.row(
                signal.path("source").asString(""),
                signal.path("actor").asString(""),
                times.of(signal.path("since").asString("")),
                signal.hasNonNull("until") ? times.of(signal.path("until").asString("")) : "withdrawn",
                signal.path("reason").asString("")));
        out.println();
        table.print(out);
    }

    private static void underWay(JsonNode participants, PrintWriter out) {
        var table = new Table("PARTICIPANT", "UNDER WAY");
        participants
                .properties()
                .forEach(each -> table.row(each.getKey(), each.getValue().asString("")));
        out.println();
        table.print(out);
    }

    private static void stale(JsonNode sources, PrintWriter out) {
        sources.forEach(source -> {
            if (source.hasNonNull("stale")) {
                out.println("stale      " + source.path("name").asString("") + ": "
                        + source.path("stale").asString(""));
            }
        });
    }
}
