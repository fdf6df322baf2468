package dev.signalbox.server.observatory;

import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.ServerOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** The shipping of a running server's log. */
abstract class LogsControl implements Callable<Integer> {
    private static final String PATH = "/api/logs";

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--json", description = "Prints the server's JSON.")
    private boolean json;

    @Mixin
    private final Output output = new Output();

    /** Prints how the shipping goes. */
    @Command(
            name = "status",
            description = "Prints how the shipping of a running server's log goes.",
            mixinStandardHelpOptions = true)
    static final class Status extends LogsControl {
        @Override
        JsonNode ask(RestClient client) {
            return client.get(PATH);
        }
    }

    /** Pauses it. */
    @Command(
            name = "pause",
            description = {
                "Stops a running server from shipping its log; takes an admin's token.",
                "Records are kept in the spool, or in memory if it is switched off, within their limits, until `logs"
                        + " resume` or a restart of the server."
            },
            mixinStandardHelpOptions = true)
    static final class Pause extends LogsControl {
        @Override
        JsonNode ask(RestClient client) {
            return client.post(PATH + "/pause");
        }
    }

    /** Resumes it. */
    @Command(
            name = "resume",
            description = "Ends a pause: what was kept is shipped. Takes an admin's token.",
            mixinStandardHelpOptions = true)
    static final class Resume extends LogsControl {
        @Override
        JsonNode ask(RestClient client) {
            return client.post(PATH + "/resume");
        }
    }

    abstract JsonNode ask(RestClient client);

    @Override
    public Integer call() {
        JsonNode answer = ask(server.client());
        output.result(json ? answer : text(answer));
        return ExitCode.OK;
    }

    private static String text(JsonNode answer) {
        return String.join(
                System.lineSeparator(),
                "shipping      " + (answer.path("paused").asBoolean(false) ? "paused" : "running"),
                "waiting       " + answer.path("pending").asLong(0) + " records, "
                        + answer.path("spoolBytes").asLong(0) + " bytes in the spool",
                "shipped       " + answer.path("shipped").asLong(0) + " records",
                "dead letters  " + answer.path("deadLettered").asLong(0) + " records",
                "dropped       " + answer.path("dropped").asLong(0) + " records",
                "destinations  " + answer.path("destinations").asInt(0) + ", of which failing "
                        + answer.path("failing").asInt(0) + ", refusing the credentials "
                        + answer.path("unauthorized").asInt(0));
    }
}
