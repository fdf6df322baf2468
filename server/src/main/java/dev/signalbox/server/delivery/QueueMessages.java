package dev.signalbox.server.delivery;

import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.HumanTime;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.Table;
import dev.signalbox.server.command.Visible;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Messages of the queue, many or one. */
final class QueueMessages {
    private QueueMessages() {}

    private static String path(String path, Map<String, String> query) {
        return query.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + QueueQuestion.encoded(entry.getValue()))
                .collect(Collectors.joining("&", path + "?", ""));
    }

    /** How many there are. */
    @Command(
            name = "count",
            description = "Counts messages; beyond 10,000 it says that there are more.",
            mixinStandardHelpOptions = true)
    static final class Count extends QueueQuestion {
        @Mixin
        private final QueueFilter filter = new QueueFilter();

        @Override
        public Integer call() {
            print(client().get(path("/api/messages/count", filter.given())));
            return ExitCode.OK;
        }

        @Override
        void show(JsonNode answer, PrintWriter out) {
            out.println(answer.path("count").asString("") + (answer.path("more").asBoolean(false) ? " or more" : ""));
        }
    }

    /** The latest messages. */
    @Command(name = "list", description = "Lists messages, the newest first.", mixinStandardHelpOptions = true)
    static final class Listing extends QueueQuestion {
        @Mixin
        private final QueueFilter filter = new QueueFilter();

        @Option(names = "--id", description = "Only those whose id begins so; at least 4 characters.")
        private @Nullable String id;

        @Option(names = "--cursor", description = "Goes on where an earlier list ended.")
        private @Nullable String cursor;

        @Option(names = "--limit", defaultValue = "20", description = "How many; default ${DEFAULT-VALUE}.")
        private int limit;

        @Override
        public Integer call() {
            Map<String, String> query = new LinkedHashMap<>(filter.given());
            if (id != null) {
                query.put("id", id);
            }
            if (cursor != null) {
                query.put("cursor", cursor);
            }
            query.put("limit", Integer.toString(limit));
            print(firstWithItems(client(), query));
            return ExitCode.OK;
        }

        /** A server stops looking at some point and says where to go on; its cursor advances, so this ends. */
        private static JsonNode firstWithItems(RestClient client, Map<String, String> query) {
            JsonNode page = client.get(path("/api/messages", query));
            while (page.path("items").isEmpty() && page.hasNonNull("next")) {
                query.put("cursor", page.path("next").asString(""));
                page = client.get(path("/api/messages", query));
            }
            return page;
        }

        @Override
        void show(JsonNode page, PrintWriter out) {
            HumanTime times = HumanTime.local();
            var table = new Table("ID", "STATE", "TO", "ATTEMPTS", "ACCEPTED", "BODY");
            for (var message : page.path("items")) {
                table.row(
                        message.path("id").asString(""),
                        message.path("state").asString(""),
                        message.path("reach").path(0).path("to").asString("")
                                + (message.path("reach").size() > 1 ? " > …" : ""),
                        Integer.toString(message.path("attempts").size()),
                        times.of(message.path("acceptedAt").asString("")),
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
    static final class Show extends QueueQuestion {
        private static final int MARGIN = 15;

        @Parameters(paramLabel = "ID", description = "The message's id.")
        private String id = "";

        @Override
        public Integer call() {
            print(client().get("/api/messages/" + encoded(id)));
            return ExitCode.OK;
        }

        @Override
        void show(JsonNode message, PrintWriter out) {
            HumanTime times = HumanTime.local();
            for (var name : List.of("id", "state", "acceptedAt", "nextAttemptAt", "expiresAt", "dedupeKey", "body")) {
                if (message.hasNonNull(name)) {
                    String value = message.path(name).asString("");
                    String shown = name.endsWith("At") ? times.of(value) + " (" + value + ")" : value;
                    out.println((name + " ".repeat(MARGIN)).substring(0, MARGIN) + Visible.block(shown, MARGIN));
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
            attempts(message.path("attempts"), times).print(out);
            if (!message.path("receipts").isEmpty()) {
                out.println();
                receipts(message.path("receipts"), times).print(out);
            }
        }

        private static Table receipts(JsonNode receipts, HumanTime times) {
            var table = new Table("STEP", "RECEIPT", "AT", "PROVIDER ID", "CODE");
            for (var receipt : receipts) {
                table.row(
                        receipt.path("step").asString(""),
                        receipt.path("status").asString(""),
                        times.of(receipt.path("at").asString("")),
                        receipt.path("providerId").asString(""),
                        receipt.path("code").asString(""));
            }
            return table;
        }

        private static Table attempts(JsonNode attempts, HumanTime times) {
            var table = new Table("ATTEMPT", "AT", "TO", "STATE", "RESULT", "MS", "PROVIDER ID", "ERROR", "BY", "NOTE");
            for (var attempt : attempts) {
                table.row(
                        attempt.path("attempt").asString(""),
                        times.of(attempt.path("at").asString("")),
                        attempt.path("to").asString(""),
                        attempt.path("state").asString(""),
                        attempt.path("result").asString(""),
                        attempt.path("durationMillis").asString(""),
                        attempt.path("providerId").asString(""),
                        attempt.path("error").asString(""),
                        attempt.path("actor").asString(""),
                        attempt.path("note").asString(""));
            }
            return table;
        }
    }
}
