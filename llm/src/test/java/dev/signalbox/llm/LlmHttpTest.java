package dev.signalbox.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proxy, certificates, headers: how a model is reached, with real sockets and real TLS. */
class LlmHttpTest {
    private static final String PASSWORD = "changeit";
    private static final byte[] ANSWER =
            "{\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\"ok\"}}]}"
                    .getBytes(StandardCharsets.UTF_8);

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> gatewayKeys = new CopyOnWriteArrayList<>();

    @TempDir
    private Path folder;

    private <S extends HttpServer> S started(S server) throws IOException {
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        return server;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.add(exchange.getRequestURI().toString());
            gatewayKeys.addAll(exchange.getRequestHeaders().getOrDefault("x-gateway-key", List.of()));
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("content-type", "application/json");
            exchange.sendResponseHeaders(200, ANSWER.length);
            exchange.getResponseBody().write(ANSWER);
        }
    }

    private static LlmModel model(String url) {
        return LlmModel.of("m", LlmEndpoint.OpenAi.compatible(URI.create(url), Optional.empty(), "gpt"));
    }

    private static LlmResponse ask(LlmModel model) {
        return LlmClient.builder()
                .model(model)
                .options(LlmOptions.DEFAULT.withRetries(1, Duration.ZERO))
                .build()
                .generate(LlmRequest.of("hi"));
    }

    @Test
    void aProxyIsAskedInPlaceOfTheProvider() throws Exception {
        HttpServer proxy = started(HttpServer.create());
        try {
            var http = LlmHttp.DEFAULT.withProxy(
                    URI.create("http://127.0.0.1:" + proxy.getAddress().getPort()));
            assertThat(ask(model("http://provider.invalid/v1").withHttpClient(http.client()))
                            .text())
                    .isEqualTo("ok");
            assertThat(asked).containsExactly("http://provider.invalid/v1/chat/completions");
        } finally {
            proxy.stop(0);
        }
    }

    @Test
    void extraHeadersGoOutWithEachRequest() throws Exception {
        HttpServer server = started(HttpServer.create());
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort();
            ask(model(url).withHeaders(Map.of("x-gateway-key", "key-1")));
            assertThat(gatewayKeys).containsExactly("key-1");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aModelOfLangChain4jKeepsItsOwnClientAndHeaders() {
        dev.langchain4j.model.chat.ChatModel plugged = new dev.langchain4j.model.chat.ChatModel() {};
        assertThatThrownBy(() -> LlmModel.of("m", plugged).withHeaders(Map.of("a", "b")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("LangChain4j");
        assertThatThrownBy(() -> LlmModel.of("m", plugged).withHttpClient(LlmHttp.CLIENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("LangChain4j");
    }

    @Test
    void aCertificateIsTrustedThroughItsCaFileAndNotWithout() throws Exception {
        HttpsServer server = HttpsServer.create();
        server.setHttpsConfigurator(new HttpsConfigurator(serverContext()));
        started(server);
        try {
            String url = "https://127.0.0.1:" + server.getAddress().getPort() + "/v1";
            var failure = catchThrowableOfType(LlmException.Unavailable.class, () -> ask(model(url)));
            assertThat(failure).hasMessageContaining("not trusted").hasMessageContaining("CA");
            assertThat(failure.attempts())
                    .as("the certificate stays what it is")
                    .hasSize(1);
            var http = LlmHttp.DEFAULT.withCaFile(folder.resolve("ca.pem"));
            assertThat(ask(model(url).withHttpClient(http.client())).text()).isEqualTo("ok");
        } finally {
            server.stop(0);
        }
    }

    /** Makes a certificate for 127.0.0.1, and the file that has it trusted. */
    private SSLContext serverContext() throws Exception {
        Path store = folder.resolve("server.p12");
        keytool(
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "SAN=IP:127.0.0.1",
                "-validity",
                "2");
        keytool(
                "-exportcert",
                "-alias",
                "server",
                "-rfc",
                "-file",
                folder.resolve("ca.pem").toString());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private void keytool(String... arguments) throws Exception {
        var command = new java.util.ArrayList<>(List.of(arguments));
        command.addFirst(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(
                "-keystore", folder.resolve("server.p12").toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.txt").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(folder.resolve("keytool.txt")))
                .isZero();
    }

    @Test
    void settingsThatCannotWorkAreNamed() {
        assertThatThrownBy(() -> LlmHttp.DEFAULT.withConnectTimeout(Duration.ZERO))
                .hasMessageContaining("connectTimeout");
        assertThatThrownBy(() -> LlmHttp.DEFAULT.withProxy(URI.create("https://127.0.0.1:1")))
                .hasMessageContaining("proxy");
        assertThatThrownBy(() ->
                        LlmHttp.DEFAULT.withCaFile(folder.resolve("absent.pem")).client())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("absent.pem");
    }

    @Test
    void aCaFileWithoutACertificateIsNamed() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        assertThatThrownBy(() -> LlmHttp.DEFAULT.withCaFile(empty).client())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty.pem");
    }
}
