package dev.signalbox.server.maintenance;

import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.ServerOptions;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** What the commands about maintenance have in common: a server, an output, and JSON on demand. */
abstract class MaintenanceQuestion implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--json", description = "Prints the server's JSON.")
    private boolean json;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        JsonNode answer = ask(server.client());
        if (json) {
            output.out().println(answer);
        } else {
            show(answer, output.out());
        }
        output.flush();
        return ExitCode.OK;
    }

    abstract JsonNode ask(RestClient client);

    abstract void show(JsonNode answer, PrintWriter out);

    /** Milliseconds as people read them. */
    static String time(JsonNode millis) {
        if (!millis.isNumber()) {
            return "";
        }
        return millis.asLong() < 10_000 ? millis.asLong() + " ms" : millis.asLong() / 1000 + " s";
    }
}
