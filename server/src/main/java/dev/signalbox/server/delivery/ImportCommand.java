package dev.signalbox.server.delivery;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.OnExit;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.Progress;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.ServerOptions;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.delivery.BulkChunks.Chunk;
import dev.signalbox.server.delivery.BulkChunks.Format;
import dev.signalbox.server.delivery.BulkChunks.Oversized;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Hands a file of messages to the server. */
@Command(
        name = "import",
        description = {
            "Hands a file of messages to the server.",
            "CSV has a header row with the columns to, body, dedupe_key, priority, at, expires_in, max_attempts in any"
                    + " order; to and body are required. NDJSON has one message a line, as the REST API takes it.",
            "Refused rows are named with their line on stderr and do not stop the others. At the end, also of a"
                    + " failed import, it says how many rows the server has and how to go on: with --from-line, or with"
                    + " the same command again if every row has a dedupe key."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox import examples/messages.csv",
            "  generate | signalbox import - --format ndjson --json",
            "  signalbox import big.csv --from-line 20002"
        })
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

    @Option(
            names = "--from-line",
            paramLabel = "N",
            defaultValue = "1",
            description = "Skips the lines before this one, except the header of a CSV file.")
    private long fromLine;

    private final ReentrantLock sending = new ReentrantLock(true);
    private final RefusedRows rows = new RefusedRows();
    private final ImportProgress done = new ImportProgress();

    @Override
    public Integer call() throws IOException {
        var client = server.client();
        var kind = format == null ? byName() : format;
        try (var in = open();
                var progress = progress();
                var interruption = OnExit.run(this::interrupted)) {
            var chunks = new BulkChunks(in, kind);
            if (fromLine > 1) {
                chunks.skipTo(fromLine);
            }
            for (var chunk = chunks.next(); chunk.isPresent(); chunk = chunks.next()) {
                send(client, kind, chunk.get());
                chunks.takeOversized().forEach(this::refuse);
                progress.stepBy(chunk.get().bytes());
            }
        } catch (CommandFailure e) {
            summarise();
            throw new CommandFailure(e.exitCode(), FailureText.of(e) + done.howToGoOn(), e);
        } catch (IOException e) {
            summarise();
            throw new CommandFailure(
                    ExitCode.FAILED, "the file cannot be read: " + FailureText.of(e) + done.howToGoOn(), e);
        }
        return ended();
    }

    private int ended() {
        summarise();
        if (done.rows() == 0) {
            throw new CommandFailure(ExitCode.FAILED, "there is no message in " + (file.equals("-") ? "stdin" : file));
        }
        return done.refused() == 0 ? ExitCode.OK : ExitCode.REFUSED;
    }

    /** Runs when the process is told to end: a chunk under way may still be answered, and no other one begins. */
    private void interrupted() {
        try {
            if (!sending.tryLock(5, TimeUnit.SECONDS)) {
                output.note("signalbox: the server has not answered for the last rows");
            }
            summarise();
            output.note("signalbox: interrupted" + done.howToGoOn());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
        return new ProgressBarBuilder()
                .setTaskName("import")
                .setInitialMax(size)
                .setUnit(" KiB", 1024)
                .setConsumer(Progress.consumer(!noProgress))
                .build();
    }

    private void send(RestClient client, Format kind, Chunk chunk) {
        sending.lock();
        try {
            done.begin(chunk);
            String answer = client.postBulk(kind.contentType(), chunk.body().bytes());
            for (String line : answer.lines().toList()) {
                take(RestClient.JSON.readTree(line), chunk);
            }
            done.end(chunk);
        } catch (JacksonException e) {
            throw new CommandFailure(ExitCode.FAILED, "the answer is not one of a Signalbox server\nCheck --url", e);
        } finally {
            sending.unlock();
        }
    }

    /** One line of the answer: a row's fate, or the sums of the chunk. */
    private void take(JsonNode line, Chunk chunk) {
        if (line instanceof ObjectNode row && row.has("line")) {
            row(row, line.path("line").asLong() + chunk.offset());
        } else {
            done.add(line);
            if (line.has("incomplete")) {
                throw new CommandFailure(
                        ExitCode.FAILED, line.path("incomplete").asString(""));
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
            rows.tell(
                    line,
                    (field.isEmpty() ? "" : field + " ") + error.path("message").asString(""),
                    output);
        } else {
            done.stored(line);
        }
    }

    /** A row that this command refuses by itself. */
    private void refuse(Oversized row) {
        String reason = "the line is longer than 1 MiB";
        done.refuse();
        if (json) {
            var result = RestClient.JSON.createObjectNode().put("line", row.line());
            result.putObject("error").put("field", "").put("message", reason);
            output.result(result);
        }
        rows.tell(row.line(), reason, output);
    }

    private void summarise() {
        rows.tellRest(output);
        output.result(json ? done.json() : done.words());
    }
}
