package dev.signalbox.server.webhook;

import dev.signalbox.server.command.HumanTime;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.ServerOptions;
import dev.signalbox.server.command.Visible;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** What the commands about endpoints have in common: a server, an output, and JSON on demand. */
abstract class EndpointQuestion implements Callable<Integer> {
    static final String PATH = "/api/webhooks/endpoints";
    private static final int MARGIN = 15;

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

    static String path(String id) {
        return PATH + "/" + URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Prints an endpoint, and the secret that it was just given. */
    void print(JsonNode endpoint) {
        PrintWriter out = output.out();
        if (json) {
            out.println(endpoint);
        } else {
            show(endpoint, out);
        }
        output.flush();
    }

    private static void show(JsonNode endpoint, PrintWriter out) {
        HumanTime times = HumanTime.local();
        line(out, "id", text(endpoint, "id"));
        line(out, "url", text(endpoint, "url"));
        line(out, "description", text(endpoint, "description"));
        line(out, "created", times.of(text(endpoint, "createdAt")));
        line(out, "state", state(endpoint, times));
        line(out, "keys", keys(endpoint, times));
        line(out, "failures", failures(endpoint, times));
        line(out, "last failure", lastFailure(endpoint, times));
        line(out, "last success", times.of(text(endpoint, "lastSuccessAt")));
        line(out, "secret", text(endpoint, "secret"));
        if (endpoint.path("verifier").asString("").startsWith("whpk_")) {
            line(out, "public key", text(endpoint, "verifier"));
        }
    }

    private static void line(PrintWriter out, String name, String value) {
        if (!value.isEmpty()) {
            out.println((name + " ".repeat(MARGIN)).substring(0, MARGIN) + Visible.block(value, MARGIN));
        }
    }

    static String state(JsonNode endpoint, HumanTime times) {
        JsonNode disabled = endpoint.path("disabled");
        return disabled.isMissingNode()
                ? "enabled"
                : "disabled " + times.of(text(disabled, "since")) + ": " + text(disabled, "reason");
    }

    private static String keys(JsonNode endpoint, HumanTime times) {
        return StreamSupport.stream(endpoint.path("keys").spliterator(), false)
                .map(key -> text(key, "kind") + " of " + times.of(text(key, "createdAt"))
                        + (key.has("until") ? ", signs until " + text(key, "until") : "")
                        + (key.has("publicKey") ? ", " + text(key, "publicKey") : ""))
                .collect(Collectors.joining("\n"));
    }

    private static String failures(JsonNode endpoint, HumanTime times) {
        int count = endpoint.path("failures").asInt(0);
        return count == 0 ? "" : count + " in a row, the first " + times.of(text(endpoint, "failingSince"));
    }

    private static String lastFailure(JsonNode endpoint, HumanTime times) {
        JsonNode failure = endpoint.path("lastFailure");
        return failure.isMissingNode() ? "" : times.of(text(failure, "at")) + ": " + text(failure, "reason");
    }

    static String text(JsonNode node, String name) {
        return node.path(name).asString("");
    }
}
