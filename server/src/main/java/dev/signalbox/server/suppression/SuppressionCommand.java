package dev.signalbox.server.suppression;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.HumanTime;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.ServerOptions;
import dev.signalbox.server.command.Table;
import dev.signalbox.server.configuration.FailureText;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Who gets no messages any more. */
@Command(
        name = "suppression",
        description = "Shows and changes who gets no messages any more, on any channel, and why.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            SuppressionCommand.Listing.class,
            SuppressionCommand.Add.class,
            SuppressionCommand.Remove.class,
            SuppressionCommand.Report.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox suppression list --to email:alice@example.com",
            "  signalbox suppression add email:alice@example.com --category news --note 'asked by phone'",
            "  signalbox suppression remove email:alice@example.com --reason bounce",
            "  signalbox suppression report bounce.eml"
        })
final class SuppressionCommand {
    private static final String PATH = "/api/suppressions";

    /** What the commands have in common: a server, an output, and JSON on demand. */
    abstract static class Question implements Callable<Integer> {
        @Mixin
        private final ServerOptions server = new ServerOptions();

        @Option(names = "--json", description = "Prints the server's JSON.")
        private boolean json;

        @Mixin
        private final Output output = new Output();

        RestClient client() {
            return server.client();
        }

        Output output() {
            return output;
        }

        /** Prints the answer, or what it means to people. */
        void print(JsonNode answer, String words) {
            if (json) {
                output.result(answer);
            } else {
                output.result(words);
            }
        }

        boolean json() {
            return json;
        }

        static String parameter(String name, @Nullable String value) {
            return value == null ? "" : "&" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
        }

        static String text(JsonNode node, String name) {
            return node.path(name).asString("");
        }
    }

    /** Lists. */
    @Command(name = "list", description = "Lists entries by channel and address.", mixinStandardHelpOptions = true)
    static final class Listing extends Question {
        @Option(
                names = "--to",
                paramLabel = "RECIPIENT",
                description = "Those of one recipient, as in sms:+61491570006.")
        private @Nullable String to;

        @Option(names = "--category", paramLabel = "CATEGORY", description = "Those about one category.")
        private @Nullable String category;

        @Option(
                names = "--reason",
                paramLabel = "REASON",
                description = "Those with one reason: bounce, gone, complaint, unsubscribe, opt-out, operator.")
        private @Nullable String reason;

        @Option(names = "--after", paramLabel = "PLACE", description = "Begins after a page, as that page says.")
        private @Nullable String after;

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "50",
                description = "How many; default ${DEFAULT-VALUE}.")
        private int limit;

        @Override
        public Integer call() {
            JsonNode page = client().get(PATH + "?limit=" + limit + parameter("to", to)
                    + parameter("category", category)
                    + parameter("reason", reason)
                    + parameter("after", after));
            if (json()) {
                output().result(page);
            } else {
                table(page);
            }
            return ExitCode.OK;
        }

        private void table(JsonNode page) {
            HumanTime times = HumanTime.local();
            var table = new Table("RECIPIENT", "CATEGORY", "REASON", "SINCE", "SOURCE", "NOTE");
            for (JsonNode entry : page.path("items")) {
                table.row(
                        text(entry, "to"),
                        text(entry, "category"),
                        text(entry, "reason"),
                        times.of(text(entry, "since")),
                        text(entry, "source"),
                        text(entry, "note"));
            }
            table.print(output().out());
            output().flush();
            if (page.hasNonNull("next")) {
                output().note("More: --after " + text(page, "next"));
            }
        }
    }

    /** Enters one. */
    @Command(
            name = "add",
            description = "Sends nothing to a recipient any more, or nothing of one category.",
            mixinStandardHelpOptions = true)
    static final class Add extends Question {
        @Parameters(paramLabel = "RECIPIENT", description = "Such as email:alice@example.com or sms:+61491570006.")
        private String to = "";

        @Option(names = "--category", paramLabel = "CATEGORY", description = "Only messages of this category.")
        private @Nullable String category;

        @Option(
                names = "--reason",
                paramLabel = "REASON",
                description = "bounce, gone, complaint, unsubscribe, opt-out, or operator, which is the default.")
        private @Nullable String reason;

        @Option(names = "--note", paramLabel = "TEXT", description = "What else is known, for people.")
        private @Nullable String note;

        @Override
        public Integer call() {
            ObjectNode body = RestClient.JSON.createObjectNode().put("to", to);
            put(body, "category", category);
            put(body, "reason", reason);
            put(body, "note", note);
            JsonNode answer = client().post(PATH, body);
            boolean added = answer.path("added").asBoolean(false);
            print(answer, text(answer, "to") + (added ? " is suppressed" : " was suppressed for this reason already"));
            return ExitCode.OK;
        }

        private static void put(ObjectNode body, String name, @Nullable String value) {
            if (value != null) {
                body.put(name, value);
            }
        }
    }

    /** Takes some back. */
    @Command(
            name = "remove",
            description = {
                "Sends to a recipient again: removes all entries, or those of one reason or category.",
                "Messages that were rejected meanwhile stay so; signalbox queue retry sends them."
            },
            mixinStandardHelpOptions = true)
    static final class Remove extends Question {
        @Parameters(paramLabel = "RECIPIENT", description = "Such as email:alice@example.com or sms:+61491570006.")
        private String to = "";

        @Option(names = "--category", paramLabel = "CATEGORY", description = "Only entries about this category.")
        private @Nullable String category;

        @Option(names = "--reason", paramLabel = "REASON", description = "Only entries with this reason.")
        private @Nullable String reason;

        @Override
        public Integer call() {
            JsonNode answer = client().delete(PATH + "?"
                    + (parameter("to", to) + parameter("category", category) + parameter("reason", reason))
                            .substring(1));
            int removed = answer.path("removed").asInt(0);
            print(answer, removed + (removed == 1 ? " entry" : " entries") + " of " + to + " removed");
            return removed > 0 ? ExitCode.OK : ExitCode.REFUSED;
        }
    }

    /** Reads what a mail server said. */
    @Command(
            name = "report",
            description = {
                "Reads a bounce or complaint, as a mail server sent it, and suppresses the addresses that do not exist or whose owner complained.",
                "Other mail changes nothing, so every mail to the address that bounces go to can be piped to it."
            },
            mixinStandardHelpOptions = true)
    static final class Report extends Question {
        /** The server looks at no more. */
        private static final int MOST = 1_000_000;

        @Parameters(
                paramLabel = "FILE",
                defaultValue = "-",
                description = "The mail; - is standard input, the default.")
        private String file = "";

        @Override
        public Integer call() {
            JsonNode answer = client().post(PATH + "/reports", "message/rfc822", mail(), Map.of());
            String suppressed = answer.path("suppressed").size() == 0
                    ? "nobody is suppressed"
                    : "suppressed: " + String.join(", ", addresses(answer));
            print(answer, text(answer, "kind") + ": " + suppressed);
            return ExitCode.OK;
        }

        private static Iterable<String> addresses(JsonNode answer) {
            return () -> answer.path("suppressed")
                    .valueStream()
                    .map(JsonNode::asString)
                    .iterator();
        }

        private byte[] mail() {
            try {
                return file.equals("-") ? System.in.readNBytes(MOST) : read(Path.of(file));
            } catch (IOException e) {
                throw new CommandFailure(ExitCode.USAGE, "the mail cannot be read: " + FailureText.of(e), e);
            }
        }

        private static byte[] read(Path file) throws IOException {
            try (InputStream in = Files.newInputStream(file)) {
                return in.readNBytes(MOST);
            }
        }
    }
}
