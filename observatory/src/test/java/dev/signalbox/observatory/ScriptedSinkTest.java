package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.log;
import static dev.signalbox.observatory.Fixtures.quick;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that the simulated sink does not give. */
class ScriptedSinkTest {
    private final HttpServer server;
    private final List<Map<String, List<String>>> received = new CopyOnWriteArrayList<>();
    private byte[] answer = new byte[0];
    private String type = "application/json";

    ScriptedSinkTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            received.add(Map.copyOf(exchange.getRequestHeaders()));
            exchange.getResponseHeaders().add("Content-Type", type);
            exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private ObservatoryStats shipTen(WireFormat format) throws InterruptedException {
        var url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        try (var observatory = Observatory.start(quick(Destination.of(url, "", format)))) {
            log(observatory, 0, 10);
            assertThat(observatory.flush(Duration.ofSeconds(10))).isTrue();
            return observatory.stats();
        }
    }

    @Test
    void aPartialSuccessIsCountedAndNotRepeated() throws InterruptedException {
        type = "application/x-protobuf";
        answer = ExportLogsServiceResponse.newBuilder()
                .setPartialSuccess(ExportLogsPartialSuccess.newBuilder()
                        .setRejectedLogRecords(3)
                        .setErrorMessage("too old"))
                .build()
                .toByteArray();
        var stats = shipTen(WireFormat.OTLP_PROTOBUF);
        assertThat(stats.shipped()).isEqualTo(7);
        assertThat(stats.dropped(DropReason.REJECTED_BY_SINK)).isEqualTo(3);
    }

    @Test
    void alsoInJson() throws InterruptedException {
        answer = "{\"partialSuccess\":{\"rejectedLogRecords\":\"4\",\"errorMessage\":\"too old\"}}"
                .getBytes(StandardCharsets.UTF_8);
        assertThat(shipTen(WireFormat.OTLP_JSON).dropped(DropReason.REJECTED_BY_SINK))
                .isEqualTo(4);
    }

    @Test
    void rubbishWithSuccessIsSuccess() throws InterruptedException {
        answer = "<html>fine</html>".getBytes(StandardCharsets.UTF_8);
        assertThat(shipTen(WireFormat.OTLP_JSON).shipped()).isEqualTo(10);
        answer = new byte[1 << 20];
        assertThat(shipTen(WireFormat.OTLP_PROTOBUF).shipped()).isEqualTo(10);
    }

    @Test
    void furtherHeadersAreSentAlsoByTheNextProcessForAContext(@TempDir Path folder) {
        var url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        var named = Destination.of(url, "", WireFormat.OTLP_JSON)
                .withHeader("X-Api-Key", "key 1")
                .withHeader("Authorization", "Basic dTpw");
        var options = ObservatoryOptions.defaults()
                .withAllowed(AllowList.of(List.of(url.toString())))
                .withSpool(ObservatoryOptions.Spooling.in(folder));
        var before = Observatory.start(options);
        before.pause();
        before.log(ExecutionContext.to(named), LogRecord.of(Severity.INFO, "x"));
        before.close(Duration.ofSeconds(10));
        try (var next = Observatory.start(options)) {
            Fixtures.soon().until(() -> next.stats().shipped() == 1);
        }
        assertThat(received.getFirst())
                .containsEntry("X-api-key", List.of("key 1"))
                .containsEntry("Authorization", List.of("Basic dTpw"));
    }
}
