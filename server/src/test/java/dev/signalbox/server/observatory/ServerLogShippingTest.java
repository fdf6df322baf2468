package dev.signalbox.server.observatory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.observatory.ContextHeaders;
import dev.signalbox.observatory.LogFiles;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.node.LogFormat;
import dev.signalbox.server.node.LogLevel;
import dev.signalbox.server.node.Logging;
import dev.signalbox.server.node.Server;
import dev.signalbox.server.rest.AdminToken;
import dev.signalbox.testing.simulator.ObservatorySimulator;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour.Fault;
import dev.signalbox.testing.simulator.ObservatorySimulatorOptions;
import dev.signalbox.testing.simulator.ObservatorySimulatorRecord;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A whole server whose log goes to a simulated sink. */
class ServerLogShippingTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final ObservatorySimulator sink = ObservatorySimulator.start(ObservatorySimulatorOptions.defaults());

    @TempDir
    Path folder;

    @BeforeEach
    void configure() {
        Logging.configure(LogFormat.PLAIN, LogLevel.INFO);
    }

    @AfterEach
    void close() {
        sink.close();
        Logging.configure(LogFormat.PLAIN, LogLevel.WARN);
    }

    private Server start(String... more) {
        var settings = Stream.concat(
                Stream.of(
                        "data.folder=" + folder,
                        "control.port=0",
                        "clients.port=0",
                        "observatory.url=" + sink.url(),
                        "observatory.token=mock-token",
                        "observatory.interval=20ms"),
                Stream.of(more));
        return Server.start(
                SignalboxCommand.FEATURES,
                SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), settings.toList()));
    }

    private List<String> messages() {
        return sink.records().stream().map(ObservatorySimulatorRecord::message).toList();
    }

    @Test
    void whatTheServerLogsArrives() {
        try (var server = start()) {
            await().until(() -> messages().stream().anyMatch(message -> message.startsWith("ready: ")));
            assertThat(server.controlUri()).isNotNull();
        }
        LoggerFactory.getLogger("somebody.else").info("after the close");
        assertThat(messages()).noneMatch(message -> message.contains("after the close"));
        assertThat(Files.exists(folder.resolve("observatory/spool/lock"))).isTrue();
    }

    @Test
    void whatCouldNotBeShippedIsShippedByTheNextRun() {
        sink.behave(ObservatorySimulatorBehaviour.perfect().with(Fault.CUT));
        start().close();
        assertThat(sink.stats().records()).isZero();
        sink.behave(ObservatorySimulatorBehaviour.perfect());
        try (var next = start()) {
            await().until(() -> messages().stream()
                            .filter(message -> message.startsWith("ready: "))
                            .count()
                    == 2);
            assertThat(next.controlUri()).isNotNull();
        }
    }

    @Test
    void refusedRecordsDegradeTheNode() throws Exception {
        sink.behave(ObservatorySimulatorBehaviour.perfect().answering(404, 0));
        try (var server = start()) {
            await().until(() -> get(server, "/health/ready").contains("\"observatory\":\"DEGRADED\""));
            await().until(() -> metric(server, "signalbox_observatory_records_dead_total") > 0);
        }
        assertThat(LogFiles.find(folder.resolve("observatory/dead-letters"))).hasSize(1);
    }

    @Test
    void aRequestsContextIsReadAndOnlyIfAllowed() throws Exception {
        try (var server = start("observatory.allowed=https://logs.example.com")) {
            var header = "{\"everworkerUrl\":\"http://169.254.169.254\",\"observatoryToken\":\"x\"}";
            var request = HttpRequest.newBuilder(server.controlUri().resolve("/health/live"))
                    .header(ContextHeaders.EXECUTION_CONTEXT, header)
                    .build();
            assertThat(HTTP.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
            assertThat(metric(server, "signalbox_observatory_contexts_refused_total"))
                    .isOne();
        }
    }

    private double metric(Server server, String name) throws Exception {
        return get(server, "/metrics")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(-1);
    }

    private String get(Server server, String path) throws Exception {
        var request = HttpRequest.newBuilder(server.controlUri().resolve(path))
                .header(
                        "Authorization",
                        "Bearer " + AdminToken.find(folder).orElseThrow().value())
                .build();
        return HTTP.send(request, BodyHandlers.ofString()).body();
    }
}
