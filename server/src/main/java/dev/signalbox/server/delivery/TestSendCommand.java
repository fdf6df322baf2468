package dev.signalbox.server.delivery;

import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.ServerOptions;
import dev.signalbox.server.command.TimeOption;
import dev.signalbox.server.command.Visible;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Tries one channel and tells at once what the provider says. */
@Command(
        name = "test-send",
        description = {
            "Sends one test message now, waits for what becomes of it, and prints what the provider says.",
            "It is a message like any other, with one attempt, the header category: transactional, and a life of five minutes."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  signalbox test-send email:me@example.com", "  signalbox test-send sms:+61491570006 --wait 30s"})
final class TestSendCommand implements Callable<Integer> {
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Set<String> OPEN = Set.of("PENDING", "CLAIMED", "RETRY_WAIT");

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "ADDRESS", description = "CHANNEL:ADDRESS, such as email:me@example.com.")
    private String to = "";

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            defaultValue = "1m",
            converter = TimeOption.class,
            description = "How long to wait for an end; default ${DEFAULT-VALUE}.")
    private Duration patience = Duration.ofMinutes(1);

    @Option(names = "--json", description = "Prints the message as JSON, with its attempts.")
    private boolean json;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() throws InterruptedException {
        RestClient client = server.client();
        JsonNode message = ended(client, enqueue(client));
        String state = message.path("state").asString("");
        if (json) {
            output.result(message);
        } else {
            output.result(words(message, state));
        }
        return state.equals("SENT") ? ExitCode.OK : ExitCode.FAILED;
    }

    private String enqueue(RestClient client) {
        var message = RestClient.JSON
                .createObjectNode()
                .put("to", to)
                .put("body", "This is a test message of Signalbox.")
                .put("maxAttempts", 1)
                .put("expiresIn", "5m")
                .put("priority", 0);
        message.putObject("headers").put("subject", "Test message of Signalbox").put("category", "transactional");
        return client.post("/api/messages", message).path("id").asString("");
    }

    private JsonNode ended(RestClient client, String id) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            JsonNode message = client.get("/api/messages/" + id);
            if (!OPEN.contains(message.path("state").asString("")) || System.nanoTime() >= end) {
                return message;
            }
            Thread.sleep(PAUSE);
        }
    }

    private static String words(JsonNode message, String state) {
        JsonNode last = message.path("attempts").path(message.path("attempts").size() - 1);
        String why = last.path("error").asString(last.path("providerId").asString(""));
        String took = last.path("durationMillis").asString("");
        return state + (took.isEmpty() ? "" : " after " + took + " ms")
                + (why.isEmpty() ? "" : ": " + Visible.line(why)) + " (message "
                + message.path("id").asString("") + ")";
    }
}
