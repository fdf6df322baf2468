package dev.signalbox.server.observatory;

import dev.signalbox.observatory.Destination;
import dev.signalbox.observatory.LogFiles;
import dev.signalbox.observatory.LogFiles.StoredBatch;
import dev.signalbox.observatory.LogRecord;
import dev.signalbox.observatory.LogReplay;
import dev.signalbox.observatory.ObservatoryException;
import dev.signalbox.observatory.ObservatoryOptions;
import dev.signalbox.observatory.WireFormat;
import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.Progress;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.Visible;
import dev.signalbox.server.configuration.FailureText;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The files in which log records wait, and the shipping that fills and empties them. */
@Command(
        name = "logs",
        description =
                "Shows and ships what waits in the files of a log spool, or lies among the dead letters; pauses a running"
                        + " server's shipping.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            LogsCommand.Show.class,
            LogsCommand.Replay.class,
            LogsControl.Status.class,
            LogsControl.Pause.class,
            LogsControl.Resume.class
        })
final class LogsCommand {
    private static final String WHERE =
            "A file, or a folder with files below it, such as" + " signalbox-data/observatory/dead-letters.";

    /** Prints records. */
    @Command(
            name = "show",
            description =
                    "Prints the records in a file, or in all files below a folder, the oldest of each folder first.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {"  signalbox logs show signalbox-data/observatory/dead-letters --json"})
    public static final class Show implements Callable<Integer> {
        @Parameters(paramLabel = "FILE|FOLDER", description = WHERE)
        private Path path = Path.of("");

        @Option(names = "--json", description = "Prints a line of JSON for each record.")
        private boolean json;

        @Mixin
        private final Output output = new Output();

        @Override
        public Integer call() {
            explaining(() -> LogFiles.find(path).forEach(this::show));
            return ExitCode.OK;
        }

        private void show(Path file) {
            long missing = LogFiles.read(file, this::print);
            if (missing > 0) {
                output.note("signalbox: " + file + " is damaged: " + missing + " records in it cannot be read");
            }
        }

        private void print(StoredBatch batch) {
            batch.records().forEach(record -> output.result(json ? object(batch, record) : line(batch, record)));
        }

        private static String line(StoredBatch batch, LogRecord record) {
            String refused = batch.status() == 0 ? "" : " [" + batch.why() + "]";
            return Visible.line(record.time() + " " + record.severity() + " " + record.module() + " - "
                    + record.message() + refused);
        }

        private static Object object(StoredBatch batch, LogRecord record) {
            var object = RestClient.JSON
                    .createObjectNode()
                    .put("time", record.time().toString())
                    .put("severity", record.severity().name())
                    .put("module", record.module())
                    .put("message", record.message())
                    .put("destination", batch.destination().url().toString())
                    .put("batch", batch.id());
            if (batch.status() != 0) {
                object.put("status", batch.status()).put("why", batch.why());
                object.put("refused", batch.refused().toString());
            }
            record.inTrace().ifPresent(trace -> object.put("trace_id", trace.traceId()));
            var data = object.putObject("data");
            record.data().forEach(data::putPOJO);
            return object;
        }
    }

    /** Ships records. */
    @Command(
            name = "replay",
            description = {
                "Ships the records of a file, or of all files below a folder, to a destination.",
                "A file is deleted once all of it is shipped; what the destination refuses stays in it. After a"
                        + " failure run the same again: it goes on where it stopped. Batches keep their Idempotency-Key. A"
                        + " running server holds its spool and its dead letters: stop it first, or move the files away."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  signalbox logs replay signalbox-data/observatory/dead-letters --to https://logs.example.com"
                        + " --token-file token",
                "  signalbox logs replay signalbox-data/observatory --to http://127.0.0.1:3003 --dry-run"
            })
    public static final class Replay implements Callable<Integer> {
        @Parameters(paramLabel = "FILE|FOLDER", description = WHERE)
        private Path path = Path.of("");

        @Option(names = "--to", paramLabel = "URL", required = true, description = "Where to ship them.")
        private URI to = URI.create("");

        @Option(names = "--token-file", paramLabel = "FILE", description = "A file with the bearer token there.")
        private @Nullable Path tokenFile;

        @Option(
                names = "--format",
                defaultValue = "otlp_protobuf",
                description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
        private WireFormat format = WireFormat.OTLP_PROTOBUF;

        @Option(names = "--dry-run", description = "Only counts what would be shipped.")
        private boolean dryRun;

        @Option(names = "--json", description = "Prints a line of JSON.")
        private boolean json;

        @Option(names = "--no-progress", description = "Shows no progress, even on a terminal.")
        private boolean noProgress;

        @Mixin
        private final Output output = new Output();

        @Override
        public Integer call() throws InterruptedException, IOException {
            var destination = destination();
            long records = count();
            if (dryRun) {
                output.result(
                        json
                                ? RestClient.JSON.createObjectNode().put("records", records)
                                : records + " records would be shipped");
                return ExitCode.OK;
            }
            var report = ship(destination, records);
            print(report);
            if (!report.complete()) {
                output.note("signalbox: " + report.failure() + "; run the same again to go on");
                return ExitCode.UNREACHABLE;
            }
            if (report.damaged() > 0) {
                output.note("signalbox: " + report.damaged()
                        + " records could not be read; a copy of their files is kept, with the ending .damaged");
            }
            return report.refused() + report.damaged() == 0 ? ExitCode.OK : ExitCode.REFUSED;
        }

        private LogReplay.Report ship(Destination destination, long records) throws InterruptedException {
            try (var progress = progress(records);
                    var replay = new LogReplay(
                            destination,
                            ObservatoryOptions.Http.DEFAULT,
                            now -> progress.stepTo(now.shipped() + now.refused()))) {
                return replay.replay(path);
            } catch (ObservatoryException e) {
                throw new CommandFailure(ExitCode.FAILED, FailureText.of(e), e);
            }
        }

        private void print(LogReplay.Report report) {
            output.result(
                    json
                            ? RestClient.JSON
                                    .createObjectNode()
                                    .put("shipped", report.shipped())
                                    .put("refused", report.refused())
                                    .put("damaged", report.damaged())
                                    .put("files", report.files())
                                    .put("complete", report.complete())
                            : report.shipped() + " shipped, " + report.refused() + " refused, " + report.damaged()
                                    + " damaged, " + report.files() + " files done");
        }

        private Destination destination() throws IOException {
            try {
                String token =
                        tokenFile == null ? "" : Files.readString(tokenFile).strip();
                return Destination.of(to, token, format);
            } catch (IllegalArgumentException e) {
                throw new CommandFailure(ExitCode.USAGE, "--to or --token-file: " + FailureText.of(e), e);
            }
        }

        private long count() {
            long[] records = new long[1];
            explaining(() -> LogFiles.find(path)
                    .forEach(file -> LogFiles.read(
                            file, batch -> records[0] += batch.records().size())));
            return records[0];
        }

        private ProgressBar progress(long records) {
            return new ProgressBarBuilder()
                    .setTaskName("replay")
                    .setInitialMax(records)
                    .setConsumer(Progress.consumer(!noProgress))
                    .build();
        }
    }

    private static void explaining(Runnable reading) {
        try {
            reading.run();
        } catch (ObservatoryException e) {
            throw new CommandFailure(ExitCode.USAGE, FailureText.of(e), e);
        }
    }
}
