package dev.signalbox.server.demo;

import dev.signalbox.server.command.OnExit;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.Progress;
import dev.signalbox.server.demo.Demo.Accepted;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.LogFormat;
import dev.signalbox.server.node.LogLevel;
import dev.signalbox.server.node.Logging;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code signalbox demo}: the main job, with nothing installed. */
@Command(
        name = "demo",
        description = {
            "Runs the main job on this machine, with nothing installed.",
            "Starts a server on SQLite, connected clients, and a simulated SMS provider, mail server and receiver of webhooks"
                    + " (nothing is sent to anyone), sends messages, and shows what became of each. Then it stays up, so that you can look around."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes (with --exit):%n",
        exitCodeList = {
            "0:every message reached a final state, none was lost or doubled",
            "1:a message was lost or doubled, or the demo could not run",
            "2:the command line is wrong"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox demo",
            "  signalbox demo --exit --messages 10000",
            "  signalbox demo --set control.port=9090"
        })
final class DemoCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MORE = 100;
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final List<String> FAILURES = List.of("DEAD", "REJECTED", "EXPIRED", "CANCELLED", "UNKNOWN");

    private final Features features;

    @Mixin
    private final Output output = new Output();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--exit", description = "Ends when all is delivered; the last line of output is one JSON object.")
    private boolean exit;

    @Option(
            names = "--messages",
            paramLabel = "N",
            description = "Makes up N messages, 1 to 1000000, instead of reading the file.")
    private @Nullable Integer messages;

    @Option(names = "--file", paramLabel = "CSV", description = "The messages to send. Default: examples/messages.csv.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets one key of the server's configuration. May be repeated.")
    private final List<String> settings = new ArrayList<>();

    DemoCommand(Features features) {
        this.features = features;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        Logging.configure(LogFormat.PLAIN, LogLevel.WARN);
        try (var folder = DemoFolder.create(Path.of(System.getProperty("java.io.tmpdir")));
                var ending = OnExit.run(folder::close);
                Demo demo = new Demo(features, folder.path(), withFreePorts())) {
            introduce(demo);
            print("Language model: " + demo.askModel("Is anybody there?") + " (simulated: no model thinks here)");
            DemoResult result = run(demo);
            if (!exit) {
                print(result.json());
                stayUp();
            }
            demo.stop(Duration.ofSeconds(10));
            print(result.json());
            return result.isGood() ? 0 : 1;
        }
    }

    private void print(String line) {
        output.result(line);
    }

    private void check() {
        if (messages != null && (messages < 1 || messages > 1_000_000)) {
            throw new ParameterException(spec.commandLine(), "--messages must be 1 to 1000000, not " + messages);
        }
        if (messages == null && !Files.isReadable(csv())) {
            throw new ParameterException(
                    spec.commandLine(), "cannot read " + csv() + ": name a CSV file with --file, or use --messages N");
        }
    }

    private Path csv() {
        if (file != null) {
            return file;
        }
        String home = System.getenv().getOrDefault("SIGNALBOX_HOME", ".");
        return Path.of(home, "examples", "messages.csv");
    }

    /** The usual ports if they are free, or else any: a demo should not fail for want of a port. */
    private List<String> withFreePorts() {
        List<String> all = new ArrayList<>();
        Map.of("control.port", 8080, "clients.port", 8081)
                .forEach((key, usual) -> all.add(key + "=" + (isFree(usual) ? usual : 0)));
        all.addAll(settings);
        return all;
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    private void introduce(Demo demo) {
        print("Console:        " + demo.console());
        print("  token:        " + demo.token());
        print("Clients:        " + demo.clientsUri() + " (" + Demo.CLIENTS + " are connected)");
        print("SMS provider:   " + demo.providerStats() + " (simulated: nothing is sent to anyone)");
        print("Mailbox:        " + demo.mailbox() + " (of a simulated mail server: here its mail can be read)");
        print("Webhooks go to: " + demo.receiverStats() + " (simulated)");
    }

    private DemoResult run(Demo demo) throws IOException, InterruptedException {
        long started = System.nanoTime();
        Accepted accepted = send(demo);
        Map<String, Long> states = awaitTheEnd(demo, accepted.accepted());
        double seconds = (System.nanoTime() - started) / 1e9;
        long failed = FAILURES.stream()
                .mapToLong(state -> states.getOrDefault(state, 0L))
                .sum();
        return new DemoResult(
                accepted.accepted(),
                states.getOrDefault("SENT", 0L),
                demo.live(),
                demo.sms(),
                demo.email(),
                demo.webhook(),
                failed,
                demo.duplicates(),
                Math.round(seconds * 100) / 100.0);
    }

    /** The usual file is for clients and SMS; a few more messages show the other channels. */
    private Accepted send(Demo demo) throws IOException {
        if (messages != null) {
            return demo.send("application/x-ndjson", lines(messages));
        }
        Accepted fromFile = demo.send("text/csv", BodyPublishers.ofFile(csv()));
        return file != null ? fromFile : fromFile.plus(demo.send("application/x-ndjson", lines(MORE)));
    }

    private static BodyPublisher lines(int count) {
        Iterable<byte[]> made = () -> {
            Iterator<String> lines = DemoMessages.lines(count, Demo.CLIENTS);
            return Stream.generate(() -> lines.next().getBytes(StandardCharsets.UTF_8))
                    .limit(count)
                    .iterator();
        };
        return BodyPublishers.ofByteArrays(made);
    }

    /** Until every message has a final state, or nothing has moved for a minute. */
    private static Map<String, Long> awaitTheEnd(Demo demo, long accepted) throws InterruptedException {
        var never = new CountDownLatch(1);
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("Delivering")
                .setInitialMax(accepted)
                .setUpdateIntervalMillis(200)
                .setConsumer(Progress.consumer(true))
                .build()) {
            long moved = System.nanoTime();
            while (true) {
                Map<String, Long> states = demo.states();
                long ended = ended(states);
                moved = ended == bar.getCurrent() ? moved : System.nanoTime();
                bar.stepTo(ended);
                bar.setExtraMessage("live " + demo.live() + ", sms " + demo.sms() + ", email " + demo.email()
                        + ", webhook " + demo.webhook());
                if (ended >= accepted || System.nanoTime() - moved > PATIENCE.toNanos()) {
                    return states;
                }
                never.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private static long ended(Map<String, Long> states) {
        return Stream.concat(FAILURES.stream(), Stream.of("SENT"))
                .mapToLong(state -> states.getOrDefault(state, 0L))
                .sum();
    }

    private void stayUp() throws InterruptedException {
        print("Still running; look at the console, or stop with Ctrl-C.");
        new CountDownLatch(1).await();
    }

    /** What became of the messages, as counted by the server (accepted, delivered, failed) and by the receivers (the rest). */
    public record DemoResult(
            long accepted,
            long delivered,
            long live,
            long sms,
            long email,
            long webhook,
            long failed,
            long duplicates,
            double seconds) {

        boolean isGood() {
            return delivered + failed == accepted && live + sms + email + webhook == delivered && duplicates == 0;
        }

        String json() {
            return JsonMapper.shared()
                    .createObjectNode()
                    .put("accepted", accepted)
                    .put("delivered", delivered)
                    .put("live", live)
                    .put("sms", sms)
                    .put("email", email)
                    .put("webhook", webhook)
                    .put("failed", failed)
                    .put("duplicates", duplicates)
                    .put("seconds", seconds)
                    .toString();
        }
    }
}
