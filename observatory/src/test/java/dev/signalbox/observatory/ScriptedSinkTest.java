package dev.signalbox.observatory;

import static dev.signalbox.observatory.Watched.log;
import static dev.signalbox.observatory.Watched.quick;
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
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Answers that the simulated sink does not give. */
class ScriptedSinkTest {
    private final HttpServer server;
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
}
