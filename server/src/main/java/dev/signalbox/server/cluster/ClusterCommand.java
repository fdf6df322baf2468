package dev.signalbox.server.cluster;

import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.ServerOptions;
import dev.signalbox.server.command.Table;
import dev.signalbox.server.command.Visible;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** The nodes that act as one. */
@Command(
        name = "cluster",
        description = "Shows the nodes that act as one with a server.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = ClusterCommand.Status.class,
        footerHeading = "%nExamples:%n",
        footer = "  signalbox cluster status")
final class ClusterCommand {

    /** Prints the nodes. */
    @Command(
            name = "status",
            description = {
                "Prints the nodes that a server knows, itself first, and what their link has carried.",
                "Fails (exit code 1) while other nodes cannot be reached."
            },
            mixinStandardHelpOptions = true)
    static final class Status implements Callable<Integer> {
        @Mixin
        private final ServerOptions server = new ServerOptions();

        @Option(names = "--json", description = "Prints the server's JSON.")
        private boolean json;

        @Mixin
        private final Output output = new Output();

        @Override
        public Integer call() {
            RestClient client = server.client();
            JsonNode answer = client.get("/api/cluster");
            output.result(json ? answer.toString() : text(answer));
            return answer.path("problem").isString() ? ExitCode.FAILED : ExitCode.OK;
        }

        private static String text(JsonNode answer) {
            String link = answer.path("link").asString("");
            if (link.equals("none")) {
                return "This node is alone (cluster.link is none).";
            }
            return String.join(
                    System.lineSeparator(),
                    "link     " + link,
                    "problem  " + Visible.line(answer.path("problem").asString("none")),
                    nodes(answer.path("nodes")).stripTrailing());
        }

        private static String nodes(JsonNode nodes) {
            Table table = new Table("NODE", "CLIENTS", "SILENT", "STATE", "LOGIC");
            for (JsonNode node : nodes) {
                table.row(
                        Visible.line(node.path("name").asString("")),
                        node.path("clients").asString("0"),
                        node.path("silent").asString("0") + " ms",
                        state(node),
                        String.join(
                                " ",
                                node.path("logics")
                                        .valueStream()
                                        .map(each -> Visible.line(each.asString()))
                                        .toList()));
            }
            StringWriter text = new StringWriter();
            table.print(new PrintWriter(text, true));
            return text.toString();
        }

        private static String state(JsonNode node) {
            String self = node.path("self").asBoolean(false) ? "this node" : "";
            String draining = node.path("draining").asBoolean(false) ? "draining" : "";
            return (self + " " + draining).strip();
        }
    }
}
