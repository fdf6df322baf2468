package dev.signalbox.server.delivery;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.ServerOptions;
import dev.signalbox.server.command.Table;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Looks into a server's queue, and changes the fate of messages. */
@Command(
        name = "queue",
        description = "Looks into a server's queue, and changes the fate of messages.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            QueueCommand.Status.class,
            QueueCommand.Listing.class,
            QueueCommand.Show.class,
            QueueCommand.Retry.class,
            QueueCommand.Cancel.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox queue status",
            "  signalbox queue list --state dead",
            "  signalbox queue retry 019ac0de-0000-7000-8000-000000000001"
        })
final class QueueCommand {

    /** What the commands have in common: a server, an output, and JSON on demand. */
    public abstract static class Question implements Callable<Integer> {
        @Mixin
        private final ServerOptions server = new ServerOptions();

        @Option(names = "--json", description = "Prints the server's JSON.")
        private boolean json;

        @Mixin
        private final Output output = new Output();

        RestClient client() {
            return server.client();
        }

        void note(String text) {
            output.note(text);
        }

        void print(JsonNode answer) {
            PrintWriter out = output.out();
            if (json) {
                out.println(answer);
            } else {
                show(answer, out);
            }
            out.flush();
        }

        abstract void show(JsonNode answer, PrintWriter out);
    }

    /** How many messages are in which state. */
    @Command(
            name = "status",
            description = "Prints how many messages are in which state, and how the server is.",
            mixinStandardHelpOptions = true)
    public static final class Status extends Question {
        @Override
        public Integer call() {
            print(client().get("/api/overview"));
            return ExitCode.OK;
        }

        @Override
        void show(JsonNode overview, PrintWriter out) {
            out.println("dispatch  " + overview.path("dispatch").asString("?"));
            out.println("health    " + overview.path("health").path("status").asString("?"));
            out.println("clients   " + overview.path("clients").asString("?"));
            out.println();
            var table = new Table("STATE", "MESSAGES");
            var counts = overview.path("counts");
            counts.path("byState")
                    .properties()
                    .forEach(entry -> table.row(entry.getKey(), entry.getValue().asString()));
            table.print(out);
            if (counts.path("exact").isBoolean() && !counts.path("exact").asBoolean()) {
                out.println("(waiting messages were counted up to a bound; there are more)");
            }
        }
    }

    /** The latest messages. */
    @Command(name = "list", description = "Lists messages, the newest first.", mixinStandardHelpOptions = true)
    public static final class Listing extends Question {
        @Option(names = "--state", description = "Only those in this state, such as pending, sent, dead, unknown.")
        private @Nullable String state;

        @Option(names = "--channel", description = "Only those whose current step is on this channel, such as sms.")
        private @Nullable String channel;

        @Option(names = "--address", description = "Only those to this address, without the channel's name.")
        private @Nullable String address;

        @Option(names = "--cursor", description = "Goes on where an earlier list ended.")
        private @Nullable String cursor;

        @Option(names = "--limit", defaultValue = "20", description = "How many; default ${DEFAULT-VALUE}.")
        private int limit;

        @Override
        public Integer call() {
            var query = new ArrayList<String>();
            add(query, "state", state);
            add(query, "channel", channel);
            add(query, "address", address);
            add(query, "cursor", cursor);
            add(query, "limit", Integer.toString(limit));
            print(client().get("/api/messages?" + String.join("&", query)));
            return ExitCode.OK;
        }

        private static void add(List<String> query, String name, @Nullable String value) {
            if (value != null) {
                query.add(name + "=" + encoded(value));
            }
        }

        @Override
        void show(JsonNode page, PrintWriter out) {
            var table = new Table("ID", "STATE", "TO", "ATTEMPTS", "ACCEPTED", "BODY");
            for (var message : page.path("items")) {
                table.row(
                        message.path("id").asString(""),
                        message.path("state").asString(""),
                        message.path("reach").path(0).path("to").asString("")
                                + (message.path("reach").size() > 1 ? " > …" : ""),
                        Integer.toString(message.path("attempts").size()),
                        message.path("acceptedAt").asString(""),
                        message.path("body").asString(""));
            }
            table.print(out);
            if (page.hasNonNull("next")) {
                out.println("More: --cursor " + page.path("next").asString(""));
            }
        }
    }

    /** One message and its history. */
    @Command(name = "show", description = "Shows one message and every attempt.", mixinStandardHelpOptions = true)
    public static final class Show extends Question {
        @Parameters(paramLabel = "ID", description = "The message's id.")
        private String id = "";

        @Override
        public Integer call() {
            print(client().get("/api/messages/" + encoded(id)));
            return ExitCode.OK;
        }

        @Override
        void show(JsonNode message, PrintWriter out) {
            for (var name : List.of("id", "state", "acceptedAt", "nextAttemptAt", "expiresAt", "dedupeKey", "body")) {
                if (message.hasNonNull(name)) {
                    out.println((name + " ".repeat(14)).substring(0, 15)
                            + message.path(name).asString(""));
                }
            }
            var steps = new Table("STEP", "TO", "WITHIN");
            int step = 0;
            for (var to : message.path("reach")) {
                steps.row(
                        Integer.toString(step++),
                        to.path("to").asString(""),
                        to.path("within").asString(""));
            }
            out.println();
            steps.print(out);
            out.println();
            attempts(message.path("attempts")).print(out);
        }

        private static Table attempts(JsonNode attempts) {
            var table = new Table("ATTEMPT", "AT", "TO", "STATE", "RESULT", "MS", "PROVIDER ID", "ERROR");
            for (var attempt : attempts) {
                table.row(
                        attempt.path("attempt").asString(""),
                        attempt.path("at").asString(""),
                        attempt.path("to").asString(""),
                        attempt.path("state").asString(""),
                        attempt.path("result").asString(""),
                        attempt.path("durationMillis").asString(""),
                        attempt.path("providerId").asString(""),
                        attempt.path("error").asString(""));
            }
            return table;
        }
    }

    /** What changes several messages, one after the other; a refused one does not stop the others. */
    public abstract static class Change extends Question {
        private final String action;

        @Parameters(paramLabel = "ID", arity = "1..*", description = "The messages' ids.")
        private final List<String> ids = new ArrayList<>();

        Change(String action) {
            this.action = action;
        }

        @Override
        public Integer call() {
            int exitCode = ExitCode.OK;
            var client = client();
            for (var id : ids) {
                try {
                    print(client.post("/api/messages/" + encoded(id) + "/" + action));
                } catch (CommandFailure refused) {
                    if (refused.exitCode() != ExitCode.REFUSED) {
                        throw refused;
                    }
                    note(id + ": " + refused.getMessage());
                    exitCode = ExitCode.REFUSED;
                }
            }
            return exitCode;
        }

        @Override
        void show(JsonNode answer, PrintWriter out) {
            out.println(
                    answer.path("id").asString("") + " " + answer.path("state").asString(""));
        }
    }

    /** Tries messages again. */
    @Command(
            name = "retry",
            description = "Tries messages again that ended without being sent, or were parked, from their first step.",
            mixinStandardHelpOptions = true)
    public static final class Retry extends Change {
        Retry() {
            super("retry");
        }
    }

    /** Cancels messages. */
    @Command(
            name = "cancel",
            description = "Cancels messages that are not being sent yet.",
            mixinStandardHelpOptions = true)
    public static final class Cancel extends Change {
        Cancel() {
            super("cancel");
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
