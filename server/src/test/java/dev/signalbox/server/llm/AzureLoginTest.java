package dev.signalbox.server.llm;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.testing.simulator.LlmSimulator;
import dev.signalbox.testing.simulator.LlmSimulatorOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The login of an Azure model without a key, in a process of its own, since the credentials are those of its environment. */
class AzureLoginTest {
    private static final String TOKEN = "token-of-the-managed-identity";

    @TempDir
    private Path folder;

    @Test
    void aModelWithoutAKeyIsAskedWithTheTokenOfTheManagedIdentity() throws Exception {
        HttpServer identity = identityEndpoint();
        try (LlmSimulator azure =
                LlmSimulator.start(LlmSimulatorOptions.defaults().withKey(TOKEN))) {
            Process process = ping(azure, identity);
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(output).isZero();
            assertThat(output).contains("This is a simulated answer to: ping");
            assertThat(azure.requests().getLast().headers()).containsEntry("authorization", "Bearer " + TOKEN);
        } finally {
            identity.stop(0);
        }
    }

    /** As Azure's App Service has it: a URL and a secret in the environment of what it runs. */
    private static HttpServer identityEndpoint() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/token", exchange -> {
            boolean known = "secret-1".equals(exchange.getRequestHeaders().getFirst("X-IDENTITY-HEADER"));
            long expires = Instant.now().plusSeconds(3600).getEpochSecond();
            byte[] body = "{\"access_token\":\"%s\",\"expires_on\":\"%d\",\"resource\":\"r\",\"token_type\":\"Bearer\"}"
                    .formatted(TOKEN, expires)
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(known ? 200 : 401, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        server.start();
        return server;
    }

    private Process ping(LlmSimulator azure, HttpServer identity) throws IOException {
        var builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SignalboxCommand.class.getName(),
                "llm",
                "ping",
                "--set",
                "llm.models.0.name=azure",
                "--set",
                "llm.models.0.provider=azure",
                "--set",
                "llm.models.0.deployment=dep",
                "--set",
                "llm.models.0.url=" + azure.root(),
                "--set",
                "llm.max-retries=0"));
        builder.environment().put("XDG_CONFIG_HOME", folder.toString());
        // Nothing else: neither the credentials of the person who runs the test, nor the address of a cloud's machines.
        builder.environment().keySet().removeIf(name -> name.startsWith("AZURE_"));
        builder.environment().put("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential");
        String port = Integer.toString(identity.getAddress().getPort());
        builder.environment().put("IDENTITY_ENDPOINT", "http://127.0.0.1:" + port + "/token");
        builder.environment().put("IDENTITY_HEADER", "secret-1");
        return builder.directory(folder.toFile()).redirectErrorStream(true).start();
    }
}
