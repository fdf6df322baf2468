package dev.signalbox.server.maintenance;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.TimeOption;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Takes a node out of service and back. */
@Command(
        name = "maintenance",
        description = "Takes a node out of service and back, without losing what is under way.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            MaintenanceCommand.On.class,
            MaintenanceCommand.Off.class,
            MaintenanceStatusCommand.class,
            MaintenancePlanCommand.class,
            MaintenanceReportCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox maintenance plan",
            "  signalbox maintenance on --reason 'new disk' --for 20m --wait 1m",
            "  signalbox maintenance status",
            "  signalbox maintenance off"
        })
final class MaintenanceCommand {
    static final String PATH = "/api/maintenance";

    /** What both directions share: which signal, and whether to wait until it has its effect. */
    abstract static class Change extends MaintenanceQuestion {
        private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

        @Option(
                names = "--cluster",
                description = "Means all nodes on the same database; they must have maintenance.cluster set.")
        private boolean cluster;

        @Option(
                names = "--wait",
                paramLabel = "TIME",
                converter = TimeOption.class,
                description = "Waits until the node is there, so long at most; then the exit code is 1.")
        private @Nullable Duration wait;

        boolean cluster() {
            return cluster;
        }

        abstract JsonNode change(RestClient client);

        /** The admission that the change leads to. */
        abstract String goal();

        @Override
        JsonNode ask(RestClient client) {
            JsonNode status = change(client);
            return wait == null ? status : awaited(client, status, wait);
        }

        private JsonNode awaited(RestClient client, JsonNode first, Duration longest) {
            JsonNode status = first;
            long end = System.nanoTime() + longest.toNanos();
            while (!status.path("admission").asString("").equals(goal())) {
                if (System.nanoTime() - end >= 0) {
                    throw new CommandFailure(
                            ExitCode.FAILED,
                            "the node is still " + status.path("admission").asString("?") + ", not " + goal()
                                    + "\nSee what it waits for: signalbox maintenance status");
                }
                pause();
                status = client.get(PATH);
            }
            return status;
        }

        private static void pause() {
            try {
                new CountDownLatch(1).await(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandFailure(ExitCode.FAILED, "interrupted", e);
            }
        }

        @Override
        void show(JsonNode status, PrintWriter out) {
            MaintenanceStatusCommand.print(status, out);
        }
    }

    /** Into maintenance. */
    @Command(
            name = "on",
            description = {
                "Takes the node into maintenance: it refuses new work, and what is under way ends.",
                "Repeating it replaces the reason and the end. It lasts until `off` or its end, and beyond a restart."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {"  signalbox maintenance on --reason 'new disk' --for 20m --wait 1m"})
    static final class On extends Change {
        @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = "Why, for other operators.")
        private String reason = "";

        @Option(
                names = "--for",
                paramLabel = "TIME",
                description = "How long, such as 20m or 2h; without it, until `signalbox maintenance off`.")
        private @Nullable String length;

        @Override
        JsonNode change(RestClient client) {
            var wish = RestClient.JSON.createObjectNode().put("reason", reason).put("cluster", cluster());
            if (length != null) {
                wish.put("for", length);
            }
            return client.post(PATH, "application/json", wish.toString().getBytes(StandardCharsets.UTF_8), Map.of());
        }

        @Override
        String goal() {
            return "CLOSED";
        }
    }

    /** Out of it. */
    @Command(
            name = "off",
            description = {
                "Withdraws what `on` said; idempotent.",
                "The node opens unless another source keeps it in maintenance: `signalbox maintenance status` names it."
            },
            mixinStandardHelpOptions = true)
    static final class Off extends Change {
        @Override
        JsonNode change(RestClient client) {
            var _ = client.delete(PATH + "?cluster=" + cluster());
            return client.get(PATH);
        }

        @Override
        String goal() {
            return "OPEN";
        }
    }
}
