package dev.signalbox.server.delivery;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.Confirmation;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.Table;
import dev.signalbox.server.configuration.FailureText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Recurring messages. */
@Command(
        name = "recurring",
        description = "Messages that are enqueued again and again, by a cron schedule.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {RecurringCommand.Add.class, RecurringCommand.Listing.class, RecurringCommand.Remove.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox recurring add standup '30 9 * * mon-fri' --time-zone Europe/Berlin --to sms:+61491570006 'Stand-up'",
            "  signalbox recurring list",
            "  signalbox recurring remove standup --yes"
        })
final class RecurringCommand {
    private static final String PATH = "/api/recurring";

    /** Adds one. */
    @Command(
            name = "add",
            description = "Adds a recurring message, or replaces the one with this name.",
            mixinStandardHelpOptions = true)
    static final class Add extends QueueQuestion {
        @Parameters(index = "0", paramLabel = "NAME", description = "Letters, digits, dots, hyphens, underscores.")
        private String name = "";

        @Parameters(
                index = "1",
                paramLabel = "CRON",
                description = "Minute, hour, day of the month, month, day of the week; or @daily and the like.")
        private String cron = "";

        @Parameters(index = "2", arity = "0..1", paramLabel = "TEXT", description = "The message's text.")
        private @Nullable String text;

        @Option(names = "--time-zone", paramLabel = "ZONE", description = "By whose clock; default UTC.")
        private @Nullable String timeZone;

        @Option(
                names = "--to",
                paramLabel = "ADDRESS",
                description = "CHANNEL:ADDRESS, as for `send`. May be repeated.")
        private final List<String> to = new ArrayList<>();

        @Option(
                names = "--message",
                paramLabel = "FILE",
                description = "The message as JSON, as POST /api/messages takes it; instead of TEXT and --to.")
        private @Nullable Path file;

        @Override
        public Integer call() {
            ObjectNode body =
                    RestClient.JSON.createObjectNode().put("name", name).put("cron", cron);
            if (timeZone != null) {
                body.put("timeZone", timeZone);
            }
            body.set("message", message());
            print(client().post(PATH, body));
            return ExitCode.OK;
        }

        private JsonNode message() {
            String body = text;
            Path source = file;
            if (source == null && body != null && !to.isEmpty()) {
                return RestClient.JSON
                        .createObjectNode()
                        .put("to", String.join(" > ", to))
                        .put("body", body);
            }
            if (source == null || body != null || !to.isEmpty()) {
                throw new CommandFailure(ExitCode.USAGE, "give either a TEXT with --to, or --message");
            }
            try {
                return RestClient.JSON.readTree(Files.readString(source));
            } catch (IOException | JacksonException e) {
                throw new CommandFailure(ExitCode.USAGE, "the message cannot be read: " + FailureText.of(e), e);
            }
        }

        @Override
        void show(JsonNode answer, PrintWriter out) {
            out.println(answer.path("name").asString("") + " comes next at "
                    + answer.path("nextAt").asString(""));
        }
    }

    /** Lists them. */
    @Command(name = "list", description = "Lists all, by name.", mixinStandardHelpOptions = true)
    static final class Listing extends QueueQuestion {
        @Override
        public Integer call() {
            print(client().get(PATH));
            return ExitCode.OK;
        }

        @Override
        void show(JsonNode answer, PrintWriter out) {
            var table = new Table("NAME", "CRON", "TIME ZONE", "NEXT", "LAST", "PROBLEM");
            for (JsonNode one : answer.path("items")) {
                table.row(
                        one.path("name").asString(""),
                        one.path("cron").asString(""),
                        one.path("timeZone").asString(""),
                        one.path("nextAt").asString(""),
                        one.path("lastAt").asString(""),
                        one.path("problem").asString(""));
            }
            table.print(out);
        }
    }

    /** Removes one. */
    @Command(
            name = "remove",
            description = "Removes a recurring message. What it has enqueued stays.",
            mixinStandardHelpOptions = true)
    static final class Remove extends QueueQuestion {
        @Parameters(paramLabel = "NAME", description = "Its name.")
        private String name = "";

        @Option(names = "--yes", description = "Does it without asking.")
        private boolean yes;

        @Override
        public Integer call() {
            if (!yes) {
                Confirmation.require(output(), "Remove the recurring message " + name + "?");
            }
            var _ = client().delete(PATH + "/" + encoded(name));
            print(RestClient.JSON.createObjectNode().put("removed", name));
            return ExitCode.OK;
        }

        @Override
        void show(JsonNode answer, PrintWriter out) {
            out.println("Removed " + answer.path("removed").asString(""));
        }
    }
}
