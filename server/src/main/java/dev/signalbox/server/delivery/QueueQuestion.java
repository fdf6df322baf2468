package dev.signalbox.server.delivery;

import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.ServerOptions;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** What the commands about the queue have in common: a server, an output, and JSON on demand. */
abstract class QueueQuestion implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--json", description = "Prints the server's JSON.")
    private boolean json;

    @Mixin
    private final Output output = new Output();

    RestClient client() {
        return server.client();
    }

    boolean json() {
        return json;
    }

    Output output() {
        return output;
    }

    void print(JsonNode answer) {
        PrintWriter out = output.out();
        if (json) {
            out.println(answer);
        } else {
            show(answer, out);
        }
        output.flush();
    }

    abstract void show(JsonNode answer, PrintWriter out);

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
