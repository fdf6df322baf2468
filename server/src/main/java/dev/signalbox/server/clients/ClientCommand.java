package dev.signalbox.server.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.HumanTime;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.ServerOptions;
import dev.signalbox.server.command.Table;
import dev.signalbox.server.command.TimeOption;
import dev.signalbox.server.command.Visible;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Lists the clients of a server, shows one, and makes it go. */
@Command(
        name = "client",
        description =
                "Lists the connected clients of a server, shows one, subscribes it to topics, disconnects it, and bans it"
                        + " for some time.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ClientCommand.ListClients.class,
            ClientCommand.Show.class,
            ClientCommand.Subscribe.class,
            ClientCommand.Unsubscribe.class,
            ClientCommand.Disconnect.class,
            ClientCommand.Ban.class,
            ClientCommand.Unban.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox client ls --id alice",
            "  signalbox client show alice",
            "  signalbox client subscribe alice rooms/7",
            "  signalbox client disconnect alice --reconnect",
            "  signalbox client ban alice --for 10m",
        })
final class ClientCommand {

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

        /** Prints an answer as it is, or what it means. */
        int answer(JsonNode answer, String text) {
            output.result(json ? answer.toString() : text);
            return ExitCode.OK;
        }

        void note(String text) {
            if (!json) {
                output.note(text);
            }
        }

        static String encoded(String text) {
            return URLEncoder.encode(text, UTF_8).replace("+", "%20");
        }

        static String table(Table table) {
            StringWriter text = new StringWriter();
            table.print(new PrintWriter(text));
            return text.toString().stripTrailing();
        }

        static String time(JsonNode at) {
            return at.isMissingNode() ? "-" : HumanTime.local().of(at.asString());
        }
    }

    /** What is about one client. */
    public abstract static class ClientQuestion extends Question {
        @Parameters(paramLabel = "CLIENT", description = "The client's id.")
        private String id = "";

        String id() {
            return id;
        }

        String path() {
            return "/api/clients/" + encoded(id);
        }
    }

    /** Lists. */
    @Command(
            name = "ls",
            description = "Prints the sessions of connected clients, in the order of the clients' ids.",
            mixinStandardHelpOptions = true)
    public static final class ListClients extends Question {
        @Option(names = "--id", paramLabel = "PREFIX", description = "Only clients whose ids begin so.")
        private @Nullable String prefix;

        @Option(
                names = "--after",
                paramLabel = "PLACE",
                description = "Begins after this place, as a page before told.")
        private @Nullable String after;

        @Option(names = "--limit", defaultValue = "50", description = "How many; default ${DEFAULT-VALUE}.")
        private int limit;

        @Override
        public Integer call() {
            JsonNode page = client().get("/api/clients?limit=" + limit
                    + (prefix == null ? "" : "&id=" + encoded(prefix))
                    + (after == null ? "" : "&cursor=" + encoded(after)));
            Table table = new Table("CLIENT", "SESSION", "ADDRESS", "CONNECTED", "LAST MESSAGE");
            page.path("items")
                    .forEach(each -> table.row(
                            each.path("id").asString(),
                            each.path("session").asString(),
                            each.path("connected").asBoolean(true)
                                    ? each.path("address").asString()
                                    : "lost; may come back",
                            time(each.path("connectedAt")),
                            time(each.path("lastMessageAt"))));
            answer(page, table(table));
            if (page.has("next")) {
                note("More: --after " + Visible.line(page.path("next").asString()));
            }
            return ExitCode.OK;
        }
    }

    /** Shows one. */
    @Command(
            name = "show",
            description = "Prints the sessions of a client on all nodes, the topics of those of this node, and a ban.",
            mixinStandardHelpOptions = true)
    public static final class Show extends ClientQuestion {
        @Override
        public Integer call() {
            JsonNode shown = client().get(path());
            Table table = new Table("SESSION", "ADDRESS", "CONNECTED", "LAST MESSAGE", "NODE", "TOPICS");
            shown.path("sessions")
                    .forEach(each -> table.row(
                            each.path("session").asString(),
                            each.path("connected").asBoolean(true)
                                    ? each.path("address").asString()
                                    : "lost; may come back",
                            time(each.path("connectedAt")),
                            time(each.path("lastMessageAt")),
                            each.path("node").asString("-"),
                            each.has("topics") ? topics(each.path("topics")) : "?"));
            String ban = shown.has("bannedUntil") ? "banned until " + time(shown.path("bannedUntil")) : "";
            String sessions = shown.path("sessions").isEmpty() ? "not connected" : table(table);
            return answer(shown, ban.isEmpty() ? sessions : ban + System.lineSeparator() + sessions);
        }

        private static String topics(JsonNode topics) {
            return StreamSupport.stream(topics.spliterator(), false)
                    .map(JsonNode::asString)
                    .collect(Collectors.joining(" "));
        }
    }

    /** What is about one client and one topic. */
    public abstract static class SubscriptionWish extends ClientQuestion {
        @Parameters(
                index = "1",
                paramLabel = "TOPIC",
                description = "The topic's name, or how names begin and an asterisk.")
        private String topic = "";

        @Option(names = "--session", paramLabel = "ID", description = "Only this session of the client.")
        private @Nullable String session;

        String topic() {
            return topic;
        }

        @Nullable
        String session() {
            return session;
        }

        int told(JsonNode answer) {
            return answer(answer, answer.path("sessions").asString());
        }
    }

    /** Subscribes. */
    @Command(
            name = "subscribe",
            description =
                    "Subscribes the sessions of a client to a topic, whether the rules let it or not, and prints how many were"
                            + " told to. Each begins with what is published next.",
            mixinStandardHelpOptions = true)
    public static final class Subscribe extends SubscriptionWish {
        @Override
        public Integer call() {
            ObjectNode wish = RestClient.JSON.createObjectNode().put("topic", topic());
            if (session() != null) {
                wish.put("session", session());
            }
            return told(client().post(path() + "/topics", wish));
        }
    }

    /** Ends subscriptions. */
    @Command(
            name = "unsubscribe",
            description = "Ends the subscriptions of a client's sessions to a topic, and prints how many were told to.",
            mixinStandardHelpOptions = true)
    public static final class Unsubscribe extends SubscriptionWish {
        @Override
        public Integer call() {
            return told(client().delete(path() + "/topics?topic=" + encoded(topic())
                    + (session() == null ? "" : "&session=" + encoded(session()))));
        }
    }

    /** Disconnects. */
    @Command(
            name = "disconnect",
            description = "Closes the sessions of a client, and prints how many. Their clients do not come back by"
                    + " themselves, unless they are told to.",
            mixinStandardHelpOptions = true)
    public static final class Disconnect extends ClientQuestion {
        @Option(names = "--session", paramLabel = "ID", description = "Only this one of them.")
        private @Nullable String session;

        @Option(names = "--reconnect", description = "Tells them to connect again, as if the server restarted.")
        private boolean reconnect;

        @Override
        public Integer call() {
            JsonNode gone = client().delete(path() + "?reconnect=" + reconnect
                    + (session == null ? "" : "&session=" + encoded(session)));
            return answer(gone, gone.path("sessions").asString());
        }
    }

    /** Bans. */
    @Command(
            name = "ban",
            description =
                    "Disconnects a client, and refuses it until the end of the ban. It is of this node, and in memory.",
            mixinStandardHelpOptions = true)
    public static final class Ban extends ClientQuestion {
        @Option(
                names = "--for",
                paramLabel = "TIME",
                required = true,
                converter = TimeOption.class,
                description = "How long, 1s to 99999d.")
        private Duration length = Duration.ZERO;

        @Override
        public Integer call() {
            if (length.compareTo(Duration.ofSeconds(1)) < 0 || length.toDays() > 99_999) {
                throw new CommandFailure(ExitCode.USAGE, "--for must be 1s to 99999d");
            }
            JsonNode banned = client().post(
                            path() + "/ban", RestClient.JSON.createObjectNode().put("for", whole(length)));
            return answer(banned, id() + " is banned until " + time(banned.path("bannedUntil")));
        }

        /** In one unit, the largest in which it is a whole number below 100,000; rounded up to that. */
        private static String whole(Duration length) {
            long seconds = length.plusNanos(999_999_999).toSeconds();
            if (seconds <= 99_999) {
                return seconds + "s";
            }
            long minutes = (seconds + 59) / 60;
            return minutes <= 99_999 ? minutes + "m" : (minutes + 1439) / 1440 + "d";
        }
    }

    /** Lifts a ban. */
    @Command(name = "unban", description = "Lets a banned client in again.", mixinStandardHelpOptions = true)
    public static final class Unban extends ClientQuestion {
        @Override
        public Integer call() {
            return answer(client().delete(path() + "/ban"), id() + " may connect again");
        }
    }
}
