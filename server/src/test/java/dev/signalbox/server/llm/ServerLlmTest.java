package dev.signalbox.server.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.clients.ClientTokens;
import dev.signalbox.server.configuration.Secret;
import dev.signalbox.server.node.Server;
import dev.signalbox.testing.simulator.LlmReply;
import dev.signalbox.testing.simulator.LlmSimulator;
import dev.signalbox.testing.simulator.LlmSimulatorOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client over a real WebSocket asks the server's language model: pieces, a window that holds back, a broken connection. */
class ServerLlmTest {
    private static final Secret SECRET = new Secret("a secret of more than thirty-two bytes");

    @TempDir
    Path folder;

    private Server start(LlmSimulator simulator) {
        return start(List.of(
                "llm.models.0.name=broken",
                "llm.models.0.model=gpt",
                "llm.models.0.url=http://127.0.0.1:1/v1",
                "llm.models.0.fallbacks=sim",
                "llm.models.1.name=sim",
                "llm.models.1.provider=ollama",
                "llm.models.1.url=" + simulator.root(),
                "llm.backoff=0s"));
    }

    private Server start(List<String> more) {
        var settings = Stream.concat(
                Stream.of(
                        "data.folder=" + folder,
                        "control.port=0",
                        "clients.port=0",
                        "clients.jwt.secret=" + SECRET.value()),
                more.stream());
        return Server.start(
                SignalboxCommand.FEATURES,
                SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), settings.toList()));
    }

    @Test
    void theAnswerStreamsIntoTheConnection() {
        try (var simulator = LlmSimulator.start(LlmSimulatorOptions.defaults());
                Server server = start(simulator);
                var alice = new Asker(server.address("clients"))) {
            alice.say("{\"type\":\"send\",\"to\":\"logic:llm\",\"json\":{\"ask\":\"ping\",\"id\":\"q1\"}}");
            await().until(() -> alice.has("done"));
            assertThat(alice.texts()).isEqualTo("This is a simulated answer to: ping");
            assertThat(alice.last().path("model").asString()).isEqualTo("sim");
            assertThat(alice.last().path("attempts").asInt()).isEqualTo(4);
        }
    }

    @Test
    void aWindowHoldsTheAnswerBackUntilPiecesAreAcknowledged() {
        try (var simulator = LlmSimulator.start(LlmSimulatorOptions.defaults());
                Server server = start(simulator);
                var alice = new Asker(server.address("clients"))) {
            simulator.script(LlmReply.answer("a", "b", "c", "d", "e"));
            alice.say("{\"type\":\"send\",\"to\":\"logic:llm\","
                    + "\"json\":{\"ask\":\"ping\",\"id\":\"q1\",\"window\":2,\"model\":\"sim\"}}");
            await().until(() -> alice.frames.size() == 2);
            await().during(Duration.ofMillis(200)).until(() -> alice.frames.size() == 2);
            alice.acknowledge = true;
            alice.ids.forEach(alice::acknowledge);
            await().until(() -> alice.has("done"));
            assertThat(alice.texts()).isEqualTo("abcde");
        }
    }

    @Test
    void aBrokenConnectionEndsTheQuestion() {
        try (var simulator = LlmSimulator.start(LlmSimulatorOptions.defaults());
                Server server = start(simulator)) {
            simulator.script(LlmReply.lines(
                    "{\"message\":{\"role\":\"assistant\",\"content\":\"a\"},\"done\":false}\n", LlmReply.End.STALLED));
            var alice = new Asker(server.address("clients"));
            alice.say("{\"type\":\"send\",\"to\":\"logic:llm\",\"json\":{\"ask\":\"ping\",\"model\":\"sim\"}}");
            await().until(() -> alice.has("delta"));
            alice.close();
            await().until(() -> simulator.connections() == 0);
        }
    }

    @Test
    void aModelIsAskedThroughItsProxyWithItsHeaders() throws Exception {
        List<String> asked = new CopyOnWriteArrayList<>();
        HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("X-Gateway-Key"));
            exchange.sendResponseHeaders(401, -1);
            exchange.close();
        });
        proxy.start();
        try (Server server = start(List.of(
                        "llm.models.0.name=m",
                        "llm.models.0.model=gpt",
                        "llm.models.0.url=http://provider.invalid/v1",
                        "llm.models.0.proxy=http://127.0.0.1:"
                                + proxy.getAddress().getPort(),
                        "llm.models.0.headers.X-Gateway-Key=of the gateway"));
                var alice = new Asker(server.address("clients"))) {
            alice.say("{\"type\":\"send\",\"to\":\"logic:llm\",\"json\":{\"ask\":\"ping\"}}");
            await().until(() -> alice.has("error"));
            assertThat(asked).containsExactly("http://provider.invalid/v1/chat/completions of the gateway");
        } finally {
            proxy.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource({"alice, stdout", "bob, may not run commands"})
    void aToolHasTheRightsOfTheClientThatAsks(String mayRun, String told) {
        try (var simulator = LlmSimulator.start(LlmSimulatorOptions.defaults());
                Server server = start(List.of(
                        "llm.models.0.name=sim",
                        "llm.models.0.model=gpt",
                        "llm.models.0.url=" + simulator.openAi(),
                        "llm.tools.0.name=say",
                        "llm.tools.0.description=Says it",
                        "llm.tools.0.logic=exec",
                        "exec.clients=" + mayRun,
                        "exec.commands.0.name=say",
                        "exec.commands.0.command=/bin/echo",
                        "exec.commands.0.arguments=[a-z]+"));
                var alice = new Asker(server.address("clients"))) {
            simulator.script(
                    LlmReply.answer().withToolCall("c1", "say", "{\"run\":\"say\",\"arguments\":[\"hello\"]}"),
                    LlmReply.answer("done"));
            alice.say("{\"type\":\"send\",\"to\":\"logic:llm\",\"json\":{\"ask\":\"ping\"}}");
            await().until(() -> alice.has("done"));
            assertThat(simulator.requests().getLast().body()).contains(told);
        }
    }

    @Test
    void aBudgetInTheDatabaseOutlivesTheServer() {
        try (var simulator = LlmSimulator.start(LlmSimulatorOptions.defaults())) {
            List<String> settings = List.of(
                    "llm.models.0.name=sim",
                    "llm.models.0.model=gpt",
                    "llm.models.0.max-tokens=1000",
                    "llm.models.0.url=" + simulator.openAi(),
                    "llm.budget.store=database",
                    "llm.budget.window=366d",
                    "llm.budget.client.tokens=1500");
            simulator.script(LlmReply.answer(Collections.nCopies(1_000, "a ").toArray(String[]::new)));
            assertThat(endOfAQuestion(settings)).isEqualTo("done");
            assertThat(endOfAQuestion(settings)).isEqualTo("error");
            assertThat(simulator.received()).isOne();
        }
    }

    private String endOfAQuestion(List<String> settings) {
        try (Server server = start(settings);
                var alice = new Asker(server.address("clients"))) {
            alice.say("{\"type\":\"send\",\"to\":\"logic:llm\",\"json\":{\"ask\":\"ping\"}}");
            await().until(() -> alice.has("done") || alice.has("error"));
            return alice.last().path("type").asString();
        }
    }

    /** A client that writes down what the language model says. */
    private static final class Asker implements WebSocket.Listener, AutoCloseable {
        final List<JsonNode> frames = new CopyOnWriteArrayList<>();
        final List<String> ids = new CopyOnWriteArrayList<>();
        volatile boolean acknowledge;
        private final StringBuilder frame = new StringBuilder();
        private final WebSocket socket;

        Asker(URI server) {
            String token = ClientTokens.mint(SECRET, "alice", Instant.now().plusSeconds(60));
            socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .header("Authorization", "Bearer " + token)
                    .buildAsync(server, this)
                    .join();
        }

        void say(String text) {
            socket.sendText(text, true).join();
        }

        synchronized void acknowledge(String id) {
            say("{\"type\":\"ack\",\"id\":\"" + id + "\"}");
        }

        boolean has(String type) {
            return frames.stream().anyMatch(it -> it.path("type").asString().equals(type));
        }

        JsonNode last() {
            return frames.getLast();
        }

        String texts() {
            var text = new StringBuilder();
            frames.stream()
                    .filter(it -> it.path("type").asString().equals("delta"))
                    .forEach(it -> text.append(it.path("text").asString()));
            return text.toString();
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            frame.append(part);
            if (last) {
                JsonNode received = JsonMapper.shared().readTree(frame.toString());
                frame.setLength(0);
                if (received.path("type").asString().equals("message")) {
                    hear(received);
                }
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }

        private void hear(JsonNode message) {
            frames.add(JsonMapper.shared().readTree(message.path("text").asString()));
            if (message.path("ack").asBoolean(false)) {
                String id = message.path("id").asString();
                ids.add(id);
                if (acknowledge) {
                    Thread.ofVirtual().start(() -> acknowledge(id));
                }
            }
        }

        @Override
        public void close() {
            socket.abort();
        }
    }
}
