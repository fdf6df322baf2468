package dev.signalbox.delivery.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.delivery.queue.SendResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Conversations with Prism, which takes requests only as Twilio's own OpenAPI file has them. Twilio publishes it in its npm package
 * {@code @twilio/cli-core}. Of the file's thousands of operations Prism gets those on messages, since the whole takes half a minute.
 */
class TwilioPrismTest {
    private static final Path MODULES =
            Path.of("..", "..", ".signalbox", "prism", "node_modules").toAbsolutePath();
    private static final Path PRISM = MODULES.resolve(Path.of(".bin", "prism"));
    private static final Path FILE =
            MODULES.resolve(Path.of("@twilio", "cli-core", "src", "services", "twilio-api", "twilio_api_v2010.json"));
    private static final String MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json";
    private static final String ACCOUNT = "AC0123456789abcdef0123456789abcdef";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static @Nullable Process prism;
    private static URI url = URI.create("http://127.0.0.1/");

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        for (Path part : List.of(PRISM, FILE)) {
            assumeThat(part)
                    .as("to run this test: npm install --prefix .signalbox/prism @stoplight/prism-cli @twilio/cli-core")
                    .exists();
        }
        int port = freePort();
        url = URI.create("http://127.0.0.1:" + port);
        prism = new ProcessBuilder(
                        PRISM.toString(),
                        "mock",
                        "--errors",
                        "--port",
                        Integer.toString(port),
                        messages(folder).toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prism.log").toFile())
                .start();
        await().atMost(PATIENCE).until(() -> listens(port));
    }

    /** The file without the operations, and without the schemas, that have nothing to do with messages. */
    private static Path messages(Path folder) throws IOException {
        var json = JsonMapper.shared();
        ObjectNode whole = (ObjectNode) json.readTree(FILE.toFile());
        JsonNode operations = whole.path("paths").path(MESSAGES);
        assertThat(operations.isObject()).as(MESSAGES).isTrue();
        whole.putObject("paths").set(MESSAGES, operations);
        ObjectNode schemas = (ObjectNode) whole.path("components").path("schemas");
        schemas.retain(schemas.propertyNames().stream()
                .filter(name -> name.toLowerCase(Locale.ROOT).contains("message"))
                .toList());
        return Files.writeString(folder.resolve("messages.json"), json.writeValueAsString(whole));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean listens(int port) {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        var process = prism;
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    void aMessageIsTakenWithItsSid() {
        for (String from : List.of("+15005550006", "MG0123456789abcdef0123456789abcdef")) {
            assertThat(send(TwilioProvider.of(url, ACCOUNT, "token", from)
                            .withCallback(URI.create("https://box.example/callbacks/sms"))))
                    .as(from)
                    .isInstanceOfSatisfying(
                            SendResult.Accepted.class,
                            accepted ->
                                    assertThat(accepted.providerId().orElse("")).matches("(SM|MM)[0-9a-fA-F]{32}"));
        }
    }

    /** What shows that Prism checks: one without its recipient is refused. */
    @Test
    void whatTheFileDoesNotAllowIsRefused() throws Exception {
        String login = Base64.getEncoder().encodeToString((ACCOUNT + ":token").getBytes(StandardCharsets.UTF_8));
        var request = HttpRequest.newBuilder(URI.create(url + MESSAGES.replace("{AccountSid}", ACCOUNT)))
                .header("Authorization", "Basic " + login)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("From=%2B15005550006&Body=x"))
                .build();
        try (var http = HttpClient.newHttpClient()) {
            assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(422);
        }
    }

    private static SendResult send(SmsProvider provider) {
        var options = SmsOptions.defaults().withTimeout(Duration.ofSeconds(20), Duration.ofSeconds(20));
        try (var sender = SmsSender.of(provider, options)) {
            return sender.send(Deliveries.to(Deliveries.PHONE, "Grüße, 1 + 1 = 2 & 你好"));
        }
    }
}
