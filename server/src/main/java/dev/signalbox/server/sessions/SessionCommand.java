package dev.signalbox.server.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.Confirmation;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.HumanTime;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.ServerOptions;
import dev.signalbox.server.command.Visible;
import dev.signalbox.server.configuration.FailureText;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Lists the sessions of a server, appends to them, reads them, follows them, removes them. */
@Command(
        name = "session",
        description = "Lists the sessions of a server, appends to them, reads them, follows them, removes them.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            SessionCommand.ListNames.class,
            SessionCommand.Append.class,
            SessionCommand.Read.class,
            SessionCommand.Follow.class,
            SessionCommand.Delete.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox session list",
            "  signalbox session append game-7 '{\"move\": \"e4\"}'",
            "  signalbox session append game-7 < moves.ndjson",
            "  signalbox session read game-7 --after 0",
            "  signalbox session follow game-7 --json",
            "  signalbox session delete game-7"
        })
final class SessionCommand {

    /** HTTP headers are ASCII. Made when one is written, not when a command is only explained. */
    private static final class AsciiJson {
        private static final JsonMapper MAPPER =
                JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    }

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

        Output output() {
            return output;
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

    /** What asks about one session. */
    public abstract static class SessionQuestion extends Question {
        @Parameters(paramLabel = "SESSION", description = "The session's name: 1 to 200 visible characters.")
        private String session = "";

        String session() {
            return session;
        }

        String path() {
            return "/api/sessions/" + encoded(session) + "/events";
        }

        /** One event: its offset, its time and its value, or the JSON as it is. */
        void print(JsonNode event) {
            if (json()) {
                result(event.toString());
                return;
            }
            String headers = event.has("headers") ? "  " + event.path("headers") : "";
            result(event.path("offset").asString() + "  "
                    + HumanTime.local().of(event.path("at").asString()) + "  " + event.path("value") + headers);
        }
    }

    /** Lists. */
    @Command(
            name = "list",
            description = "Prints the names of sessions, in an order of the store's own.",
            mixinStandardHelpOptions = true)
    public static final class ListNames extends Question {
        @Option(names = "--after", paramLabel = "NAME", description = "Begins after this session.")
        private @Nullable String after;

        @Option(names = "--limit", defaultValue = "50", description = "How many; default ${DEFAULT-VALUE}.")
        private int limit;

        @Override
        public Integer call() {
            String from = after == null ? "" : "&after=" + encoded(after);
            JsonNode page = client().get("/api/sessions?limit=" + limit + from);
            if (json()) {
                result(page.toString());
                return ExitCode.OK;
            }
            page.path("items")
                    .forEach(session -> result(Visible.line(session.path("id").asString())));
            if (page.has("next")) {
                note("More: --after " + Visible.line(page.path("next").asString()));
            }
            return ExitCode.OK;
        }
    }

    /** Removes. */
    @Command(
            name = "delete",
            description = "Removes a session for good, with its events and groups.",
            mixinStandardHelpOptions = true)
    public static final class Delete extends SessionQuestion {
        @Option(names = "--yes", description = "Does it without asking.")
        private boolean yes;

        @Override
        public Integer call() {
            if (!yes) {
                Confirmation.require(output(), "Delete session " + session() + " with all its events?");
            }
            var _ = client().delete("/api/sessions/" + encoded(session()));
            if (json()) {
                result(RestClient.JSON
                        .createObjectNode()
                        .put("deleted", session())
                        .toString());
            } else {
                note("Deleted session " + session());
            }
            return ExitCode.OK;
        }
    }

    /** Where to begin. */
    public static final class Beginning {
        @Option(
                names = "--after",
                paramLabel = "ID",
                description = "Begins after this event, by its id or offset; 0 is the beginning.")
        private @Nullable String after;

        @Option(
                names = "--since",
                paramLabel = "TIME",
                description = "Begins at this time, such as 2026-03-01T12:00:00Z.")
        private @Nullable String since;

        List<String> query() {
            List<String> query = new ArrayList<>();
            if (after != null) {
                query.add("after=" + Question.encoded(after));
            }
            if (since != null) {
                query.add("since=" + Question.encoded(since));
            }
            return query;
        }
    }

    /** Appends. */
    @Command(
            name = "append",
            description = {
                "Appends an event, or one for each line of standard input, and prints the last one's offset.",
                "Lines are checked before any is sent: if one is not JSON, nothing is appended."
            },
            mixinStandardHelpOptions = true)
    public static final class Append extends SessionQuestion {
        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "EVENT",
                description =
                        "JSON; text that is not JSON is taken as a string. Without it, standard input has one JSON a line.")
        private @Nullable String event;

        @Option(
                names = "--from-line",
                paramLabel = "N",
                defaultValue = "1",
                description = "Leaves out the lines of standard input before this one, to go on after a failure.")
        private long fromLine;

        @Option(
                names = "--header",
                paramLabel = "NAME=VALUE",
                description = "Goes with the event, or with each of them; may be given again.")
        private Map<String, String> headers = new LinkedHashMap<>();

        @Option(
                names = "--key",
                paramLabel = "KEY",
                description = "Your name for the event: repeated with the same one, it is not appended again.")
        private @Nullable String key;

        @Option(
                names = "--expect",
                paramLabel = "ID",
                description = "Appends only if the session ends with this event, by its id or offset; 0: if it is new.")
        private @Nullable String expected;

        @Override
        public Integer call() {
            JsonNode answer = event == null ? lines() : client().post(path(), value(event), requestHeaders());
            result(json() ? answer.toString() : answer.path("offset").asString());
            return ExitCode.OK;
        }

        private Map<String, String> requestHeaders() {
            Map<String, String> given = new LinkedHashMap<>();
            if (!headers.isEmpty()) {
                given.put("Event-Headers", AsciiJson.MAPPER.writeValueAsString(headers));
            }
            if (key != null) {
                given.put("Idempotency-Key", key);
            }
            if (expected != null) {
                given.put("If-Match", expected);
            }
            return given;
        }

        private JsonNode lines() {
            if (key != null || expected != null) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "--key and --expect are for one event; give it as an argument, or leave them out");
            }
            EventLines lines = EventLines.read(System.in, fromLine);
            try {
                return client().post(path(), "application/x-ndjson", lines.bytes(), requestHeaders());
            } catch (CommandFailure e) {
                throw new CommandFailure(e.exitCode(), FailureText.of(e) + lines.howToGoOn(e.exitCode()), e);
            }
        }

        private static JsonNode value(String text) {
            try {
                return RestClient.JSON.readTree(text);
            } catch (JacksonException notJson) {
                return RestClient.JSON.getNodeFactory().stringNode(text);
            }
        }
    }

    /** Reads a page. */
    @Command(name = "read", description = "Prints events, the oldest first.", mixinStandardHelpOptions = true)
    public static final class Read extends SessionQuestion {
        @Mixin
        private final Beginning beginning = new Beginning();

        @Option(names = "--limit", defaultValue = "50", description = "How many; default ${DEFAULT-VALUE}.")
        private int limit;

        @Override
        public Integer call() {
            List<String> query = beginning.query();
            query.add("limit=" + limit);
            JsonNode page = client().get(path() + "?" + String.join("&", query));
            if (json()) {
                result(page.toString());
                return ExitCode.OK;
            }
            if (page.has("gap")) {
                note("Gone for good: " + page.path("gap").path("expected") + " to before "
                        + page.path("gap").path("next"));
            }
            page.path("events").forEach(this::print);
            if (page.path("more").asBoolean(false)) {
                note("More: --after " + page.path("next").asString());
            }
            return ExitCode.OK;
        }
    }

    /** Follows until it is stopped. */
    @Command(
            name = "follow",
            description = "Prints events as they come, from now on unless told otherwise, until it is stopped.",
            mixinStandardHelpOptions = true)
    public static final class Follow extends SessionQuestion {
        @Mixin
        private final Beginning beginning = new Beginning();

        @Option(names = "--count", paramLabel = "N", description = "Ends after this many events.")
        private long count = Long.MAX_VALUE;

        @Override
        public Integer call() {
            long left = count;
            boolean gap = false;
            try (Stream<String> lines =
                    client().lines(path() + "?" + String.join("&", beginning.query()), "text/event-stream")) {
                for (var line = lines.iterator(); left > 0 && line.hasNext(); ) {
                    String text = line.next();
                    if (text.startsWith("event: ")) {
                        gap = text.equals("event: gap");
                    } else if (text.startsWith("data: ")) {
                        left -= told(text.substring("data: ".length()), gap) ? 1 : 0;
                        gap = false;
                    }
                }
            } catch (UncheckedIOException e) {
                throw new CommandFailure(ExitCode.UNREACHABLE, "the server ended the stream", e);
            }
            return left == 0 || count == Long.MAX_VALUE ? ExitCode.OK : ExitCode.FAILED;
        }

        /** Whether it was an event. */
        private boolean told(String data, boolean gap) {
            JsonNode told = RestClient.JSON.readTree(data);
            if (gap && !json()) {
                note("Gone for good: " + told.path("expected") + " to before " + told.path("next"));
            } else if (gap) {
                result("{\"gap\":" + told + "}");
            } else {
                print(told);
            }
            return !gap;
        }
    }
}
