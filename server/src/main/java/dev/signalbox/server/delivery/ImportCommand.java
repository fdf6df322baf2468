package dev.signalbox.server.delivery;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.ServerOptions;
import dev.signalbox.server.command.Silence;
import dev.signalbox.server.delivery.BulkChunks.Chunk;
import dev.signalbox.server.delivery.BulkChunks.Format;
import java.io.BufferedInputStream;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Hands a file of messages to the server. */
@Command(
        name = "import",
        description = {
            "Hands a file of messages to the server.",
            "CSV has a header row with the columns to, body, dedupe_key, priority, at, expires_in, max_attempts in any"
                    + " order; to and body are required. NDJSON has one message a line, as the REST API takes it.",
            "Refused rows are named with their line on stderr and do not stop the others. After a failure run the same"
                    + " import again: rows with a dedupe key that the server has are not taken twice."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  signalbox import examples/messages.csv", "  generate | signalbox import - --format ndjson --json"})
final class ImportCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "FILE", description = "CSV or NDJSON, in UTF-8; - reads stdin.")
    private String file = "";

    @Option(names = "--format", description = "csv or ndjson. Else by the file's name; stdin is csv.")
    private @Nullable Format format;

    @Option(names = "--json", description = "Prints a line of JSON for each row, and one for all.")
    private boolean json;

    @Option(names = "--no-progress", description = "Shows no progress, even on a terminal.")
    private boolean noProgress;

    @Mixin
    private final Output output = new Output();

    private long accepted;
    private long duplicates;
    private long refused;

    @Override
    public Integer call() throws IOException {
        var client = server.client();
        var kind = format == null ? byName() : format;
        try (var in = open();
                var progress = progress()) {
            var chunks = new BulkChunks(in, kind);
            for (var chunk = chunks.next(); chunk.isPresent(); chunk = chunks.next()) {
                send(client, kind, chunk.get());
                progress.stepBy(chunk.get().bytes());
            }
        }
        summarise();
        return refused == 0 ? ExitCode.OK : ExitCode.REFUSED;
    }

    private Format byName() {
        var name = file.toLowerCase(Locale.ROOT);
        boolean lines = name.endsWith(".ndjson") || name.endsWith(".jsonl");
        return lines ? Format.NDJSON : Format.CSV;
    }

    private InputStream open() throws IOException {
        if (file.equals("-")) {
            return new BufferedInputStream(System.in);
        }
        try {
            return new BufferedInputStream(Files.newInputStream(Path.of(file)));
        } catch (NoSuchFileException e) {
            throw new CommandFailure(ExitCode.USAGE, "there is no file '" + file + "'", e);
        }
    }

    private ProgressBar progress() throws IOException {
        long size = file.equals("-") ? -1 : Files.size(Path.of(file));
        boolean visible = !noProgress
                && Optional.ofNullable(System.console())
                        .filter(Console::isTerminal)
                        .isPresent();
        return new ProgressBarBuilder()
                .setTaskName("import")
                .setInitialMax(size)
                .setUnit(" KiB", 1024)
                .setConsumer(visible ? new ConsoleProgressBarConsumer(System.err) : new Silence())
                .build();
    }

    private void send(RestClient client, Format kind, Chunk chunk) {
        String answer;
        try {
            answer = client.postBulk(kind.contentType(), chunk.body().bytes());
        } catch (CommandFailure e) {
            throw new CommandFailure(e.exitCode(), e.getMessage() + done(chunk), e);
        }
        answer.lines().map(RestClient.JSON::readTree).forEach(line -> take(line, chunk));
    }

    private String done(Chunk chunk) {
        long before = accepted + duplicates + refused;
        return before == 0
                ? ""
                : "\nThe server has what comes before line " + (chunk.offset() + 2)
                        + "; run the same import again for the rest";
    }

    /** One line of the answer: a row's fate, or the sums of the chunk. */
    private void take(JsonNode line, Chunk chunk) {
        if (line.has("line")) {
            row((ObjectNode) line, line.path("line").asLong() + chunk.offset());
        } else {
            accepted += line.path("accepted").asLong(0);
            duplicates += line.path("duplicates").asLong(0);
            refused += line.path("refused").asLong(0);
            if (line.has("incomplete")) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        line.path("incomplete").asString("") + "\nRun the same import again for the rest");
            }
        }
    }

    private void row(ObjectNode row, long line) {
        if (json) {
            output.result(row.put("line", line));
        }
        var error = row.path("error");
        if (error.isObject()) {
            String field = error.path("field").asString("");
            output.note("line " + line + ": " + (field.isEmpty() ? "" : field + " ")
                    + error.path("message").asString(""));
        }
    }

    private void summarise() {
        var sums = RestClient.JSON
                .createObjectNode()
                .put("accepted", accepted)
                .put("duplicates", duplicates)
                .put("refused", refused);
        output.result(json ? sums : accepted + " accepted, " + duplicates + " known already, " + refused + " refused");
    }
}
