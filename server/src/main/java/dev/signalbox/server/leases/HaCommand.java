package dev.signalbox.server.leases;

import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.ServerOptions;
import dev.signalbox.server.command.Visible;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Who sends, where one node alone does. */
@Command(
        name = "ha",
        description = "Shows which node sends, where one alone does, and makes it hand over to another.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {HaCommand.Status.class, HaCommand.HandOver.class},
        footerHeading = "%nExamples:%n",
        footer = {"  signalbox ha status", "  signalbox ha handover"})
final class HaCommand {
    /** What the commands have in common: a server and an output. */
    abstract static class Question implements Callable<Integer> {
        @Mixin
        private final ServerOptions server = new ServerOptions();

        @Option(names = "--json", description = "Prints the server's JSON.")
        private boolean json;

        @Mixin
        private final Output output = new Output();

        abstract JsonNode ask(RestClient client);

        abstract String text(JsonNode answer);

        @Override
        public Integer call() {
            JsonNode answer = ask(server.client());
            output.result(json ? answer.toString() : text(answer));
            return ExitCode.OK;
        }
    }

    /** Prints who sends. */
    @Command(
            name = "status",
            description = "Prints whether a server sends (SERVING) or waits (WAITING), and who leads.",
            mixinStandardHelpOptions = true)
    static final class Status extends Question {
        @Override
        JsonNode ask(RestClient client) {
            return client.get("/api/ha");
        }

        @Override
        String text(JsonNode answer) {
            if (answer.path("active").asString("").equals("all")) {
                return "SERVING   all nodes send (delivery.active is all)";
            }
            String advisory = answer.path("advisory").asBoolean(false)
                    ? System.lineSeparator() + "advisory  while the two nodes cannot reach each other, both may send"
                    : "";
            return String.join(
                            System.lineSeparator(),
                            answer.path("role").asString("") + "   this node is " + shown(answer, "node", "unknown"),
                            "leader    " + shown(answer, "leader", "none is known"),
                            "epoch     " + shown(answer, "epoch", "-"),
                            "problem   " + shown(answer, "problem", "none"))
                    + advisory;
        }

        private static String shown(JsonNode answer, String member, String otherwise) {
            JsonNode value = answer.path(member);
            return value.isMissingNode() || value.isNull() ? otherwise : Visible.line(value.asString());
        }
    }

    /** Hands over. */
    @Command(
            name = "handover",
            description = {
                "Makes the leading server finish what it is sending and leave the rest to another node.",
                "Takes an admin's token. Fails on a server that does not lead."
            },
            mixinStandardHelpOptions = true)
    static final class HandOver extends Question {
        @Override
        JsonNode ask(RestClient client) {
            return client.post("/api/ha/handover");
        }

        @Override
        String text(JsonNode answer) {
            return "Handed over. `signalbox ha status` on another node shows who leads now.";
        }
    }
}
