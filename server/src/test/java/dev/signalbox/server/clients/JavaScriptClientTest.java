package dev.signalbox.server.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.node.Server;
import dev.signalbox.server.rest.AdminToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client in clients/javascript, in Node, against a whole server. */
@Timeout(180)
class JavaScriptClientTest {
    private static final Path CLIENT = Path.of("..", "clients", "javascript");
    /** Node 20 has a WebSocket if it is asked for it; from 22 on, it is always there. */
    private static final String FLAG = "--experimental-websocket";

    @TempDir
    private Path folder;

    @Test
    void itsTestsPassInNode() throws Exception {
        boolean isThere = hasWebSocket();
        if (System.getenv("CI") == null) {
            assumeThat(isThere).as("to run this test: Node 20.10 or newer").isTrue();
        }
        assertThat(isThere).as("Node 20.10 or newer").isTrue();
        try (Server server = start()) {
            Map<String, String> environment = Map.of(
                    "SIGNALBOX_URL",
                    server.address("clients").toString(),
                    "SIGNALBOX_CONTROL",
                    server.controlUri().toString(),
                    "SIGNALBOX_TOKEN",
                    AdminToken.find(folder.resolve("data")).orElseThrow().value());
            Ended tests = run(environment, "node", FLAG, "--test", "--test-reporter=tap", "test/");

            assertThat(tests.code()).as(tests.output()).isZero();
            assertThat(tests.output()).contains("# skipped 0");
        }
    }

    private record Ended(int code, String output) {}

    private boolean hasWebSocket() throws InterruptedException {
        try {
            return run(Map.of(), "node", FLAG, "-e", "process.exit(typeof WebSocket === 'function' ? 0 : 1)")
                            .code()
                    == 0;
        } catch (IOException noNode) {
            return false;
        }
    }

    private Ended run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        Path log = folder.resolve("node.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(CLIENT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            boolean ended = process.waitFor(2, TimeUnit.MINUTES);
            String output = Files.readString(log, UTF_8);
            assertThat(ended).as(output).isTrue();
            return new Ended(process.exitValue(), output);
        } finally {
            process.destroyForcibly();
        }
    }

    private Server start() {
        List<String> sets = List.of(
                "data.folder=" + folder.resolve("data"),
                "control.port=0",
                "clients.port=0",
                "topics.rules.0.name=rooms/*",
                "topics.rules.0.publish=*",
                "topics.rules.0.subscribe=*",
                "topics.rules.0.presence=true",
                "topics.rules.0.conflate=symbol",
                "clients.tokens.0.client=alice",
                "clients.tokens.0.token=the-token-of-alice",
                "clients.tokens.1.client=bob",
                "clients.tokens.1.token=the-token-of-bob");
        return Server.start(
                SignalboxCommand.FEATURES, SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), sets));
    }
}
