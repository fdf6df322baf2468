package dev.signalbox.server.topics;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.HumanTime;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.ServerOptions;
import dev.signalbox.server.command.Table;
import dev.signalbox.server.command.Visible;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Lists the topics of a server, shows one, publishes to it, and follows what is published. */
@Command(
        name = "topic",
        description = "Lists the topics of a server, shows one, publishes to it, and follows what is published.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            TopicCommand.ListTopics.class,
            TopicCommand.Show.class,
            TopicCommand.Publish.class,
            TopicCommand.Tail.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox topic ls --name rooms/",
            "  signalbox topic show news",
            "  signalbox topic show rooms/7 --presence",
            "  signalbox topic publish news 'hello' --key greeting-1",
            "  signalbox topic publish prices --json-payload '{\"EUR/USD\": 1.08}'",
            "  signalbox topic tail news",
        })
final class TopicCommand {

    /** What the commands have in common: a server and an output. */
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

        boolean json() {
            return json;
        }

        void result(String text) {
            output.result(text);
        }

        void note(String text) {
            output.note(text);
        }

        static String encoded(String text) {
            return URLEncoder.encode(text, UTF_8).replace("+", "%20");
        }
    }

    /** What is about one topic. */
    public abstract static class TopicQuestion extends Question {
        @Parameters(paramLabel = "TOPIC", description = "The topic's name.")
        private String topic = "";

        String topic() {
            return topic;
        }

        String path() {
            return "/api/topics/" + encoded(topic);
        }
    }

    /** Lists. */
    @Command(
            name = "ls",
            description = "Prints the topics that have a subscriber or keep a message, in the order of their names.",
            mixinStandardHelpOptions = true)
    public static final class ListTopics extends Question {
        @Option(names = "--name", paramLabel = "PREFIX", description = "Only those whose names begin so.")
        private @Nullable String name;

        @Option(names = "--after", paramLabel = "NAME", description = "Begins after this topic.")
        private @Nullable String after;

        @Option(names = "--limit", defaultValue = "50", description = "How many; default ${DEFAULT-VALUE}.")
        private int limit;

        @Override
        public Integer call() {
            JsonNode page = client().get("/api/topics?limit=" + limit
                    + (name == null ? "" : "&name=" + encoded(name))
                    + (after == null ? "" : "&cursor=" + encoded(after)));
            if (json()) {
                result(page.toString());
                return ExitCode.OK;
            }
            Table table = new Table("TOPIC", "SUBSCRIBERS", "LAST", "KEPT", "BYTES");
            page.path("items")
                    .forEach(topic -> table.row(
                            topic.path("name").asString(),
                            topic.path("subscribers").asString(),
                            topic.path("last").asString(),
                            String.valueOf(kept(topic)),
                            topic.path("bytes").asString()));
            StringWriter text = new StringWriter();
            table.print(new PrintWriter(text));
            result(text.toString().stripTrailing());
            if (page.has("next")) {
                note("More: --after " + Visible.line(page.path("next").asString()));
            }
            return ExitCode.OK;
        }
    }

    private static long kept(JsonNode topic) {
        return topic.path("last").asLong() - topic.path("first").asLong() + 1;
    }

    /** Shows one. */
    @Command(
            name = "show",
            description =
                    "Prints what a topic keeps and who follows it; with --presence, also the clients that are in it.",
            mixinStandardHelpOptions = true)
    public static final class Show extends TopicQuestion {
        @Option(
                names = "--presence",
                description = "Prints the clients that subscribe to it on any node, if a rule keeps account of that.")
        private boolean isPresenceWanted;

        @Option(
                names = "--limit",
                defaultValue = "50",
                description = "How many clients of them; default ${DEFAULT-VALUE}.")
        private int limit;

        @Option(names = "--after", paramLabel = "CLIENT", description = "Begins after this client.")
        private @Nullable String after;

        @Override
        public Integer call() {
            if (isPresenceWanted) {
                return showPresence();
            }
            JsonNode topic = client().get(path());
            if (json()) {
                result(topic.toString());
                return ExitCode.OK;
            }
            result("topic        " + Visible.line(topic.path("name").asString()));
            result("epoch        " + topic.path("epoch").asString());
            result("last offset  " + topic.path("last"));
            result("kept         " + kept(topic) + " messages from " + topic.path("first") + " on, "
                    + topic.path("bytes") + " bytes");
            result("subscribers  " + topic.path("subscribers"));
            return ExitCode.OK;
        }

        private Integer showPresence() {
            JsonNode page = client().get(
                            path() + "/presence?limit=" + limit + (after == null ? "" : "&cursor=" + encoded(after)));
            if (json()) {
                result(page.toString());
                return ExitCode.OK;
            }
            page.path("users").forEach(user -> result(Visible.line(user.asString())));
            note(page.path("count") + " clients are there.");
            if (!page.path("complete").asBoolean(true)) {
                note("Another node did not tell in time; there may be more.");
            }
            if (page.has("next")) {
                note("More: --after " + Visible.line(page.path("next").asString()));
            }
            return ExitCode.OK;
        }
    }

    /** Publishes. */
    @Command(
            name = "publish",
            description = "Publishes a message, and prints its offset.",
            mixinStandardHelpOptions = true)
    public static final class Publish extends TopicQuestion {
        @Parameters(index = "1", paramLabel = "TEXT", description = "The message.")
        private String text = "";

        @Option(names = "--json-payload", description = "The message is JSON.")
        private boolean isJson;

        @Option(
                names = "--header",
                paramLabel = "NAME=VALUE",
                description = "Goes with the message; may be given again.")
        private Map<String, String> headers = new LinkedHashMap<>();

        @Option(
                names = "--key",
                paramLabel = "KEY",
                description = "Your name for the message: repeated with the same one, it is not published again.")
        private @Nullable String key;

        @Option(
                names = "--volatile",
                description = "It is for those who subscribe now, and is not kept. Not together with --key.")
        private boolean isVolatile;

        @Override
        public Integer call() {
            ObjectNode message = RestClient.JSON.createObjectNode();
            if (isJson) {
                message.set("json", parsed());
            } else {
                message.put("text", text);
            }
            if (!headers.isEmpty()) {
                ObjectNode object = message.putObject("headers");
                headers.forEach(object::put);
            }
            if (isVolatile) {
                message.put("volatile", true);
            }
            tell(client().post(path() + "/messages", message, key == null ? Map.of() : Map.of("Idempotency-Key", key)));
            return ExitCode.OK;
        }

        private void tell(JsonNode answer) {
            if (json()) {
                result(answer.toString());
            } else if (isVolatile) {
                note("It went to those who subscribe now, and has no offset.");
            } else {
                result(answer.path("offset").asString());
            }
            if (!json() && answer.path("repeated").asBoolean(false)) {
                note("It was published before with this key, and was not again.");
            }
        }

        private JsonNode parsed() {
            try {
                return RestClient.JSON.readTree(text);
            } catch (JacksonException e) {
                throw new CommandFailure(
                        ExitCode.USAGE, "the message is not JSON; mend it, or leave --json-payload out", e);
            }
        }
    }

    /** Follows until it is stopped. */
    @Command(
            name = "tail",
            description =
                    "Prints the last messages of a topic, and then those that are published, until it is stopped.",
            mixinStandardHelpOptions = true)
    public static final class Tail extends TopicQuestion {
        private static final int PAGE = 500;
        private static final Duration PAUSE = Duration.ofMillis(500);

        @Option(
                names = "--last",
                paramLabel = "N",
                defaultValue = "10",
                description = "How many of those that are there it begins with; default ${DEFAULT-VALUE}.")
        private int last;

        @Option(names = "--after", paramLabel = "OFFSET", description = "Begins after this offset instead.")
        private @Nullable Long after;

        @Option(names = "--count", paramLabel = "N", description = "Ends after this many messages.")
        private long count = Long.MAX_VALUE;

        @Option(names = "--no-follow", description = "Ends after those that are there.")
        private boolean once;

        @Override
        public Integer call() throws InterruptedException {
            JsonNode topic = client().get(path());
            String epoch = topic.path("epoch").asString();
            long at = after != null
                    ? after
                    : Math.max(
                            topic.path("first").asLong() - 1, topic.path("last").asLong() - Math.max(0, last));
            long left = count;
            while (left > 0) {
                JsonNode page = client().get(path() + "/messages?limit=" + Math.min(PAGE, left) + "&after=" + at);
                if (!page.path("epoch").asString().equals(epoch)) {
                    note("The topic has begun anew: messages between its two lives may be missing.");
                    epoch = page.path("epoch").asString();
                    at = 0;
                    continue;
                }
                left -= print(page);
                at = page.path("next").asLong();
                if (!page.path("more").asBoolean(false) && left > 0) {
                    if (once) {
                        return count == Long.MAX_VALUE ? ExitCode.OK : ExitCode.FAILED;
                    }
                    Thread.sleep(PAUSE);
                }
            }
            return ExitCode.OK;
        }

        /** Returns how many messages there were. */
        private int print(JsonNode page) {
            if (page.has("gap")) {
                JsonNode gap = page.path("gap");
                if (json()) {
                    result("{\"gap\":" + gap + "}");
                } else {
                    note("No longer there: " + gap.path("expected") + " to before " + gap.path("next"));
                }
            }
            page.path("messages").forEach(message -> result(json() ? message.toString() : line(message)));
            return page.path("messages").size();
        }

        private static String line(JsonNode message) {
            String payload = message.has("text")
                    ? Visible.line(message.path("text").asString())
                    : "base64:" + message.path("base64").asString();
            return message.path("offset") + "  "
                    + HumanTime.local().of(message.path("at").asString()) + "  "
                    + Visible.line(message.path("from").asString()) + "  " + payload;
        }
    }
}
