package dev.signalbox.server.delivery;

import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.HumanTime;
import dev.signalbox.server.command.Table;
import java.io.PrintWriter;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Batches of messages. */
@Command(
        name = "batch",
        description = "Messages that were enqueued together by POST /api/batches.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {BatchCommand.Listing.class, BatchCommand.Show.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox batch list", //
            "  signalbox batch show 019dc3a2-5f7e-7c31-9a52-3a1f0c8e4b77"
        })
final class BatchCommand {
    private static final String PATH = "/api/batches";

    /** The latest ones. */
    @Command(
            name = "list",
            description = "Lists batches, the newest first, with how far they are.",
            mixinStandardHelpOptions = true)
    static final class Listing extends QueueQuestion {
        @Option(names = "--cursor", description = "Goes on where an earlier list ended.")
        private @Nullable String cursor;

        @Option(names = "--limit", defaultValue = "20", description = "How many; default ${DEFAULT-VALUE}.")
        private int limit;

        @Override
        public Integer call() {
            String more = cursor == null ? "" : "&cursor=" + encoded(cursor);
            print(client().get(PATH + "?limit=" + limit + more));
            return ExitCode.OK;
        }

        @Override
        void show(JsonNode page, PrintWriter out) {
            HumanTime times = HumanTime.local();
            var table = new Table("ID", "TOTAL", "DONE", "FAILED", "CREATED", "COMPLETED", "CALLBACK");
            for (JsonNode batch : page.path("items")) {
                table.row(
                        batch.path("id").asString(""),
                        batch.path("total").asString(""),
                        batch.path("done").asString(""),
                        batch.path("failed").asString(""),
                        times.of(batch.path("createdAt").asString("")),
                        times.of(batch.path("completedAt").asString("-")),
                        batch.path("callback").asString("-"));
            }
            table.print(out);
            if (page.hasNonNull("next")) {
                out.println("More: --cursor " + page.path("next").asString(""));
            }
        }
    }

    /** Shows one. */
    @Command(
            name = "show",
            description = "Shows how many messages of a batch have ended, and how.",
            mixinStandardHelpOptions = true)
    static final class Show extends QueueQuestion {
        @Parameters(paramLabel = "ID", description = "The batch's id.")
        private String id = "";

        @Override
        public Integer call() {
            print(client().get(PATH + "/" + encoded(id)));
            return ExitCode.OK;
        }

        @Override
        void show(JsonNode batch, PrintWriter out) {
            out.printf(
                    "Batch %s of %d messages%n",
                    text(batch, "id"), batch.path("total").asInt(0));
            String ended = batch.path("ended").properties().stream()
                    .map(state -> state.getValue().asInt(0) + " " + state.getKey())
                    .collect(Collectors.joining(", "));
            out.printf("  ended      %s%n", ended.isEmpty() ? "none" : ended);
            out.printf("  done       %d%n", batch.path("done").asInt(0));
            out.printf("  failed     %d%n", batch.path("failed").asInt(0));
            out.printf("  open       %d%n", batch.path("open").asInt(0));
            out.printf("  created    %s%n", text(batch, "createdAt"));
            out.printf("  completed  %s%n", text(batch, "completedAt"));
            out.printf("  callback   %s%n", text(batch, "callback"));
            out.printf("  told by    %s%n", text(batch, "message"));
        }

        private static String text(JsonNode batch, String name) {
            return batch.path(name).asString("-");
        }
    }
}
