package dev.signalbox.server.delivery;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.HumanTime;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.Table;
import dev.signalbox.server.command.TimeOption;
import dev.signalbox.server.configuration.FailureText;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** How many messages are in which state. */
@Command(
        name = "status",
        description = "Prints how many messages are in which state, and how the server is.",
        mixinStandardHelpOptions = true)
class QueueStatus extends QueueQuestion {
    static final String PATH = "/api/overview";

    @Override
    public Integer call() throws InterruptedException {
        print(client().get(PATH));
        return ExitCode.OK;
    }

    @Override
    void show(JsonNode overview, PrintWriter out) {
        out.println("dispatch  " + overview.path("dispatch").asString("?"));
        out.println("health    " + overview.path("health").path("status").asString("?"));
        out.println("clients   " + overview.path("clients").asString("?"));
        HumanTime times = HumanTime.local();
        for (String name : List.of("oldestPending", "oldestDue")) {
            if (overview.hasNonNull(name)) {
                String label =
                        name.equals("oldestDue") ? "the oldest due message has waited since " : "oldest    accepted ";
                out.println(label + times.of(overview.path(name).asString("")));
            }
        }
        out.println();
        states(overview.path("counts"), out);
        latency(overview.path("latency"), out);
        errors(overview.path("errors"), out);
    }

    private static void states(JsonNode counts, PrintWriter out) {
        var table = new Table("STATE", "MESSAGES");
        counts.path("byState")
                .properties()
                .forEach(entry -> table.row(entry.getKey(), entry.getValue().asString()));
        table.print(out);
        if (counts.path("exact").isBoolean() && !counts.path("exact").asBoolean()) {
            out.println("(waiting messages were counted up to a bound; there are more)");
        }
    }

    private static void latency(JsonNode channels, PrintWriter out) {
        if (channels.isEmpty()) {
            return;
        }
        var table = new Table("CHANNEL", "P50 MS", "P99 MS", "SENT IN 5 MIN");
        channels.properties()
                .forEach(entry -> table.row(
                        entry.getKey(),
                        entry.getValue().path("p50Millis").asString(""),
                        entry.getValue().path("p99Millis").asString(""),
                        entry.getValue().path("count").asString("")));
        out.println();
        table.print(out);
    }

    private static void errors(JsonNode errors, PrintWriter out) {
        if (errors.isEmpty()) {
            return;
        }
        var table = new Table("ERRORS IN 1 H", "CHANNEL", "REASON");
        errors.forEach(error -> table.row(
                error.path("count").asString(""),
                error.path("channel").asString(""),
                error.path("reason").asString("")));
        out.println();
        table.print(out);
    }

    /** The same again and again. */
    @Command(
            name = "watch",
            description = "Prints the status again and again, until Ctrl-C.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {"  signalbox queue watch --interval 5s", "  signalbox queue watch --json >> status.ndjson"})
    static final class Watch extends QueueStatus {
        private static final Duration SHORTEST = Duration.ofMillis(100);

        @Option(
                names = "--interval",
                paramLabel = "TIME",
                defaultValue = "2s",
                converter = TimeOption.class,
                description = "How long to wait in between, 100ms to 1d; default ${DEFAULT-VALUE}.")
        private Duration interval = Duration.ZERO;

        @Option(names = "--count", paramLabel = "N", description = "Ends after this many.")
        private long count = Long.MAX_VALUE;

        @Override
        public Integer call() throws InterruptedException {
            if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(Duration.ofDays(1)) > 0) {
                throw new CommandFailure(ExitCode.USAGE, "--interval must be 100ms to 1d");
            }
            RestClient client = client();
            var never = new CountDownLatch(1);
            for (long done = 1; ; done++) {
                look(client);
                if (done >= count) {
                    return ExitCode.OK;
                }
                never.await(interval.toMillis(), TimeUnit.MILLISECONDS);
            }
        }

        /** A server that is away for a while is waited for; output that is lost ends the command. */
        private void look(RestClient client) {
            JsonNode overview;
            try {
                overview = client.get(PATH);
            } catch (CommandFailure e) {
                if (e.exitCode() == ExitCode.REFUSED) {
                    throw e;
                }
                output().note("signalbox: " + FailureText.of(e));
                return;
            }
            if (!json()) {
                output().clearScreen();
            }
            print(overview);
        }
    }
}
