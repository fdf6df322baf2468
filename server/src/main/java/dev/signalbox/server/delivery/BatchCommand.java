package dev.signalbox.server.delivery;

import dev.signalbox.server.command.ExitCode;
import java.io.PrintWriter;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Batches of messages. */
@Command(
        name = "batch",
        description = "Messages that were enqueued together by POST /api/batches.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = BatchCommand.Show.class,
        footerHeading = "%nExample:%n",
        footer = "  signalbox batch show 019dc3a2-5f7e-7c31-9a52-3a1f0c8e4b77")
final class BatchCommand {
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
            print(client().get("/api/batches/" + encoded(id)));
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
