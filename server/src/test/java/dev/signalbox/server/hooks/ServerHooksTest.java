package dev.signalbox.server.hooks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.signalbox.delivery.webhook.WebhookKey;
import dev.signalbox.delivery.webhook.WebhookVerificationException;
import dev.signalbox.delivery.webhook.WebhookVerifier;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.TestClient;
import dev.signalbox.server.node.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A whole server that asks a backend about its clients. */
@Timeout(120)
class ServerHooksTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String ALLOW = "{\"allow\": true}";
    private static final String REFUSE = "{\"allow\": false, \"reason\": \"not today\"}";
    private static final WebhookKey KEY = WebhookKey.generate(WebhookKey.Kind.SYMMETRIC);

    @TempDir
    private Path folder;

    private final WebhookVerifier verifier = WebhookVerifier.of(KEY.verifier());
    private final List<JsonNode> questions = new CopyOnWriteArrayList<>();
    private final List<String> unsigned = new CopyOnWriteArrayList<>();
    private volatile Function<JsonNode, String> answer = question -> ALLOW;
    private HttpServer backend;

    @BeforeEach
    void start() throws IOException {
        backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        backend.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        backend.createContext("/", this::answer);
        backend.start();
    }

    @AfterEach
    void stop() {
        backend.stop(0);
        assertThat(unsigned).isEmpty();
    }

    /** An empty answer is an error of the backend. */
    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            try {
                verifier.verify(exchange.getRequestHeaders()::getFirst, body);
            } catch (WebhookVerificationException e) {
                unsigned.add(e.toString());
            }
            JsonNode question = JsonMapper.shared().readTree(body);
            questions.add(question);
            byte[] said = answer.apply(question).getBytes(UTF_8);
            exchange.sendResponseHeaders(said.length == 0 ? 500 : 200, said.length == 0 ? -1 : said.length);
            if (said.length > 0) {
                exchange.getResponseBody().write(said);
            }
        }
    }

    private String url() {
        return "http://127.0.0.1:" + backend.getAddress().getPort() + "/hooks";
    }

    private Server server(String... more) {
        List<String> sets = new ArrayList<>(List.of(
                "data.folder=" + folder,
                "control.port=0",
                "clients.port=0",
                "clients.tokens.0.client=alice",
                "clients.tokens.0.token=the-token-of-alice",
                "topics.rules.0.name=rooms/*",
                "topics.rules.0.publish=*",
                "topics.rules.0.subscribe=*",
                "hooks.secret=" + KEY.secret(),
                "hooks.plain-http=true",
                "hooks.allow-ranges=127.0.0.0/8"));
        sets.addAll(List.of(more));
        return Server.start(
                SignalboxCommand.FEATURES, SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), sets));
    }

    private static TestClient alice(Server server) {
        return new TestClient(server.address("clients"), "the-token-of-alice", TestClient::ack);
    }

    private static JsonNode said(TestClient client, String id, String frame) throws Exception {
        CompletableFuture<JsonNode> answered = client.answer(id);
        client.say("{\"id\":\"" + id + "\"," + frame + "}");
        return answered.get(30, TimeUnit.SECONDS);
    }

    private static String subscribe(String topic) {
        return "\"type\":\"subscribe\",\"topic\":\"" + topic + "\"";
    }

    private static String publish(String topic, String text) {
        return "\"type\":\"publish\",\"topic\":\"" + topic + "\",\"text\":\"" + text + "\"";
    }

    private static String code(JsonNode answer) {
        return answer.path("code").asString("none");
    }

    private static int codeOfRefusal(Server server) throws Exception {
        CompletableFuture<Integer> code = new CompletableFuture<>();
        try (HttpClient http = HttpClient.newHttpClient()) {
            WebSocket socket = http.newWebSocketBuilder()
                    .header("Authorization", "Bearer the-token-of-alice")
                    .buildAsync(server.address("clients"), new WebSocket.Listener() {
                        @Override
                        public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
                            code.complete(status);
                            return null;
                        }
                    })
                    .get(30, TimeUnit.SECONDS);
            try {
                return code.get(30, TimeUnit.SECONDS);
            } finally {
                socket.abort();
            }
        }
    }

    private static String health(Server server) throws Exception {
        URI health = server.controlUri().resolve("/health");
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(health).build(), BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    void theBackendDecidesWhoConnectsAndGrantsThemTopics() throws Exception {
        answer = question -> "{\"allow\": true, \"topics\": {\"join\": [\"secret/7\"], \"publish\": [\"secret/7\"]}}";
        try (Server server = server("hooks.connect=" + url())) {
            try (TestClient alice = alice(server)) {
                assertThat(code(said(alice, "p", publish("secret/7", "hello")))).isEqualTo("none");
                await().atMost(SOON).until(() -> alice.messages().size() == 1);
            }
            assertThat(questions).singleElement().satisfies(each -> {
                assertThat(each.path("hook").asString()).isEqualTo("connect");
                assertThat(each.path("client").asString()).isEqualTo("alice");
            });
            answer = question -> REFUSE;
            assertThat(codeOfRefusal(server)).isEqualTo(4401);
            answer = question -> "";
            assertThat(codeOfRefusal(server)).as("come back later").isEqualTo(1011);
        }
    }

    @Test
    void theBackendIsAskedAboutSubscriptionsAndPublications() throws Exception {
        answer = question -> question.path("topic").asString().equals("rooms/no") ? REFUSE : ALLOW;
        try (Server server = server("hooks.subscribe=" + url(), "hooks.publish=" + url(), "hooks.topics=rooms/*");
                TestClient alice = alice(server)) {
            assertThat(code(said(alice, "1", subscribe("rooms/1")))).isEqualTo("none");
            JsonNode refused = said(alice, "2", subscribe("rooms/no"));
            assertThat(code(refused)).isEqualTo("rejected");
            assertThat(refused.path("message").asString()).isEqualTo("not today");
            assertThat(code(said(alice, "3", publish("rooms/no", "x")))).isEqualTo("rejected");
            assertThat(code(said(alice, "4", "\"type\":\"send\",\"to\":\"topic:rooms/no\",\"text\":\"x\"")))
                    .isEqualTo("rejected");
            assertThat(code(said(alice, "5", "\"type\":\"send\",\"to\":\"client:alice\",\"text\":\"direct\"")))
                    .isEqualTo("none");
            assertThat(code(said(alice, "6", subscribe("forbidden")))).isEqualTo("forbidden");
            assertThat(questions)
                    .extracting(each -> each.path("hook").asString() + " "
                            + each.path("topic").asString())
                    .containsExactly("subscribe rooms/1", "subscribe rooms/no", "publish rooms/no", "publish rooms/no");
            assertThat(questions.getLast().path("text").asString()).isEqualTo("x");
        }
    }

    /** The first question takes longest to answer. */
    @Test
    void whatAClientPublishesKeepsItsOrder() throws Exception {
        try (Server server = server("hooks.publish=" + url(), "hooks.timeout=20s");
                TestClient alice = alice(server)) {
            assertThat(code(said(alice, "s", subscribe("rooms/1")))).isEqualTo("none");
            CompletableFuture<Void> allSaid = new CompletableFuture<>();
            answer = question -> {
                allSaid.join();
                return ALLOW;
            };
            for (int i = 1; i <= 20; i++) {
                alice.say("{" + publish("rooms/1", "m" + i) + "}");
            }
            alice.say("{\"type\":\"send\",\"to\":\"client:alice\",\"text\":\"last\"}");
            await().atMost(SOON).until(() -> questions.size() == 1);
            allSaid.complete(null);

            await().atMost(SOON).until(() -> alice.messages().size() == 21);
            List<String> expected = new ArrayList<>();
            for (int i = 1; i <= 20; i++) {
                expected.add("m" + i);
            }
            expected.add("last");
            // What goes to a client and what goes to a topic have no order between them once written.
            assertThat(alice.messages())
                    .extracting(each -> each.path("text").asString())
                    .containsExactlyInAnyOrderElementsOf(expected)
                    .containsSubsequence(expected.subList(0, 20));
        }
    }

    @Test
    void aBackendThatFailsIsLeftAloneAndClientsAreToldToTryLater() throws Exception {
        answer = question -> "";
        try (Server server = server("hooks.subscribe=" + url());
                TestClient alice = alice(server)) {
            for (int i = 1; i <= 8; i++) {
                assertThat(code(said(alice, "s" + i, subscribe("rooms/" + i)))).isEqualTo("overloaded");
            }
            assertThat(questions)
                    .as("a trial may have been among the last three")
                    .hasSizeBetween(5, 8);
            await().atMost(SOON).until(() -> health(server).contains("the backend of hooks"));
            answer = question -> ALLOW;
            await().atMost(SOON)
                    .until(() ->
                            code(said(alice, "again", subscribe("rooms/1"))).equals("none"));
            await().atMost(SOON).until(() -> !health(server).contains("the backend of hooks"));
        }
    }

    @Test
    void withoutAnAnswerTheRulesCountIfTheOperatorWantsThat() throws Exception {
        answer = question -> "";
        try (Server server = server("hooks.connect=" + url(), "hooks.subscribe=" + url(), "hooks.when-away=allow");
                TestClient alice = alice(server)) {
            assertThat(code(said(alice, "1", subscribe("rooms/1")))).isEqualTo("none");
            assertThat(code(said(alice, "2", subscribe("forbidden")))).isEqualTo("forbidden");
        }
    }

    @Test
    void aPrivateAddressIsAskedOnlyIfTheOperatorAllowsIt() throws Exception {
        try (Server server = server("hooks.subscribe=" + url(), "hooks.allow-ranges=10.0.0.0/8");
                TestClient alice = alice(server)) {
            assertThat(code(said(alice, "1", subscribe("rooms/1")))).isEqualTo("overloaded");
            assertThat(questions).isEmpty();
        }
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThatThrownBy(() -> server("hooks.subscribe=" + url(), "hooks.plain-http=false"))
                .hasMessageContaining("hooks.subscribe")
                .hasMessageContaining("https://");
        assertThatThrownBy(() -> SignalboxCommand.FEATURES
                        .load(Optional.empty(), Map.of(), List.of("hooks.connect=https://backend.example/hooks"))
                        .values(HookSettings::read))
                .hasMessageContaining("hooks.secret");
        assertThatThrownBy(() -> server("hooks.topics=a*b")).hasMessageContaining("hooks.topics");
    }
}
