package dev.signalbox.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.llm.LlmResponse;
import dev.signalbox.testing.simulator.LlmReply;
import dev.signalbox.testing.simulator.LlmSimulator;
import dev.signalbox.testing.simulator.LlmSimulatorOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples do what they say, and stay short. */
class ExamplesTest {
    private static final int LONGEST = 40;

    @TempDir
    Path folder;

    @Test
    void theRouterAnswers() {
        assertThat(RouterExample.ask("which way?")).isEqualTo("WHICH WAY?");
    }

    @Test
    void anOrdersConfirmationIsDelivered() {
        var sender = new Recorder();
        try (Database database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("orders.db")))) {
            var example = new QueueExample(database);
            try (Dispatcher dispatcher = example.deliverWith(sender)) {
                UUID id = example.placeOrder("+61491570006");

                Awaitility.await().until(() -> example.stateOf(id) == MessageState.SENT);
                assertThat(dispatcher.state()).isEqualTo(Dispatcher.DispatchState.RUNNING);
                assertThat(sender.bodies).containsExactly("Thank you for your order.");
            }
        }
    }

    @Test
    void aQuestionIsAnsweredByTheNextModel() {
        try (var simulator = LlmSimulator.start(LlmSimulatorOptions.defaults())) {
            simulator.script(LlmReply.error(401, "invalid_api_key", "simulated"), LlmReply.answer("Because."));
            var example = new LlmExample(simulator.openAi(), "key", simulator.root());
            LlmResponse response = example.ask("alice", "Why is the sky blue?");
            assertThat(response.text()).isEqualTo("Because.");
            assertThat(response.metadata().model()).isEqualTo("local");
        }
    }

    @Test
    void theChatServesItsPageAndTheClientThatThePageLoads() throws IOException, InterruptedException {
        try (ChatExample chat = ChatExample.start(0);
                HttpClient http = HttpClient.newHttpClient()) {
            assertThat(get(http, chat.address()).body()).contains("<title>Lobby</title>", "connect('ws://127.0.0.1:");
            assertThat(get(http, chat.address().resolve("/signalbox.js")).body())
                    .contains("export function connect");
            assertThat(get(http, chat.address().resolve("/calls.js")).statusCode())
                    .isEqualTo(200);
            for (String path : List.of("/none.js", "/logback.xml", "/../chat.html")) {
                assertThat(get(http, URI.create(chat.address() + path.substring(1)))
                                .statusCode())
                        .as(path)
                        .isEqualTo(404);
            }
        }
    }

    private static HttpResponse<String> get(HttpClient http, URI address) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void commandsAreAskedAndFollowed() throws InterruptedException {
        List<String> warnings = new ArrayList<>();

        assertThat(ExecExample.ask(folder, "pwd", "-P"))
                .endsWith(folder.getFileName().toString());
        assertThat(ExecExample.follow(List.of("sh", "-c", "echo fine; echo careful >&2; exit 3"), warnings))
                .isEqualTo(3);
        assertThat(warnings).containsExactly("careful");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ExecExample", "LlmExample", "ObservatoryExample", "RouterExample", "QueueExample"})
    void theCodeFitsOnAScreen(String name) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("src/main/java/dev/signalbox/examples", name + ".java"));
        long code = lines.stream()
                .filter(line -> !line.isBlank() && !line.startsWith("import") && !line.startsWith("package"))
                .count();
        assertThat(code).isLessThan(LONGEST);
    }

    private static final class Recorder implements Sender {
        final List<String> bodies = new CopyOnWriteArrayList<>();

        @Override
        public SendResult send(Delivery delivery) {
            bodies.add(delivery.body());
            return new SendResult.Accepted(Optional.empty());
        }

        @Override
        public Channel channel() {
            return Channel.SMS;
        }

        @Override
        public Duration timeout() {
            return Duration.ofSeconds(1);
        }

        @Override
        public int concurrency() {
            return 4;
        }

        @Override
        public Duration keyLifetime() {
            return Duration.ZERO;
        }
    }
}
