package dev.signalbox.server.maintenance;

import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.Table;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** A dry run. */
@Command(
        name = "plan",
        description = "Prints what a drain would do now, and how long it would take; changes nothing.",
        mixinStandardHelpOptions = true)
final class MaintenancePlanCommand extends MaintenanceQuestion {
    @Override
    JsonNode ask(RestClient client) {
        return client.get(MaintenanceCommand.PATH + "/plan");
    }

    @Override
    void show(JsonNode plan, PrintWriter out) {
        var table = new Table("PHASE", "PARTICIPANT", "UNDER WAY", "LAST TIME", "AT MOST");
        plan.path("steps")
                .forEach(step -> table.row(
                        step.path("phase").asString(""),
                        step.path("name").asString(""),
                        step.path("underWay").asString(""),
                        time(step.path("lastTimeMillis")),
                        time(step.path("deadlineMillis"))));
        table.print(out);
        out.println();
        out.println("takes at most " + time(plan.path("longestMillis"))
                + (plan.hasNonNull("estimateMillis")
                        ? "; last time it took " + time(plan.path("estimateMillis"))
                        : ""));
    }
}
