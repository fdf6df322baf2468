package dev.signalbox.server.observatory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.observatory.ContextHeaders;
import dev.signalbox.observatory.LogFiles;
import dev.signalbox.server.Run;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.TestClient;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.configuration.ConfigException;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        return server(Stream.concat(
                        Stream.of(
                                "observatory.url=" + sink.url(),
                                "observatory.token=mock-token",
                                "observatory.interval=20ms"),
                        Stream.of(more))
                .toList());
    }

    private Server server(List<String> more) {
        var settings =
                Stream.concat(Stream.of("data.folder=" + folder, "control.port=0", "clients.port=0"), more.stream());
        return Server.start(
                SignalboxCommand.FEATURES,
                SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), settings.toList()));
    }

    private List<String> messages() {
        return sink.records().stream().map(ObservatorySimulatorRecord::message).toList();
    }

    @Test
    void whatTheServerLogsArrives() {
        try (var _ = start()) {
            await().until(() -> messages().stream().anyMatch(message -> message.startsWith("ready: ")));
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
        try (var _ = start()) {
            await().until(() -> messages().stream()
                            .filter(message -> message.startsWith("ready: "))
                            .count()
                    == 2);
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
    void refusedCredentialsDegradeTheNodeAndLoseNothing() throws Exception {
        sink.behave(ObservatorySimulatorBehaviour.perfect().answering(401, 0));
        try (var server = start()) {
            await().until(() -> get(server, "/health/ready").contains("refuse the credentials"));
            assertThat(get(server, "/health/ready")).contains("\"observatory\":\"DEGRADED\"");
            assertThat(metric(server, "signalbox_observatory_unauthorized")).isOne();
            assertThat(metric(server, "signalbox_observatory_records_dead_total"))
                    .isZero();
        }
        sink.behave(ObservatorySimulatorBehaviour.perfect());
        try (var next = start()) {
            await().until(() -> messages().stream()
                            .filter(message -> message.startsWith("ready: "))
                            .count()
                    == 2);
            assertThat(get(next, "/health/ready")).contains("\"observatory\":\"UP\"");
        }
    }

    @Test
    void aHeaderAuthenticatesInPlaceOfTheToken() {
        try (var _ = server(List.of(
                "observatory.url=" + sink.url(),
                "observatory.interval=20ms",
                "observatory.headers.Authorization=Bearer mock-token"))) {
            await().until(() -> messages().stream().anyMatch(message -> message.startsWith("ready: ")));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "observatory.headers.Content-Type=canary|observatory.headers.NAME: the header content-type is set by the library",
                "observatory.headers.authorization=canary|exclude one another",
                "observatory.longest-record=1MiB|observatory.longest-record: "
            })
    void aMistakeIsNamedByItsKey(String set, String message) {
        assertThatThrownBy(() -> start(set))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("canary");
    }

    @Test
    void aLongRecordIsShortened() {
        try (var _ = start("observatory.longest-record=64KiB")) {
            LoggerFactory.getLogger("somebody.else").info("long {}", "x".repeat(200_000));
            await().until(() -> messages().stream().anyMatch(message -> message.startsWith("long ")));
            assertThat(messages())
                    .filteredOn(message -> message.startsWith("long "))
                    .allSatisfy(message -> assertThat(message).hasSizeBetween(10_000, 66_000));
        }
    }

    @Test
    void shippingIsPausedAndResumed() throws Exception {
        try (var server = start()) {
            await().until(() -> messages().stream().anyMatch(message -> message.startsWith("ready: ")));
            Run paused = logs(server, "pause", "--json");
            assertThat(paused.exitCode()).isEqualTo(ExitCode.OK);
            assertThat(paused.json().path("paused").asBoolean()).isTrue();
            assertThat(metric(server, "signalbox_observatory_paused")).isOne();

            LoggerFactory.getLogger("somebody.else").info("kept meanwhile");
            await().until(() ->
                    logs(server, "status", "--json").json().path("pending").asLong() > 0);
            assertThat(messages()).noneMatch(message -> message.contains("kept meanwhile"));

            assertThat(logs(server, "resume").out()).contains("shipping      running");
            await().until(() -> messages().contains("kept meanwhile"));
            assertThat(messages())
                    .anyMatch(message -> message.contains("did=\"POST /api/logs/pause\" status=200"))
                    .anyMatch(message -> message.contains("did=\"POST /api/logs/resume\" status=200"));
        }
    }

    @Test
    void withoutShippingThePauseIsRefusedWithTheKeysToSet() {
        try (var server = server(List.of())) {
            Run run = logs(server, "pause");
            assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
            assertThat(run.err()).contains("This server ships no log. Set observatory.url or observatory.allowed");
        }
    }

    @Test
    void aPauseTakesAnAdmin() throws Exception {
        try (var server = start("auth.tokens.0.name=shop", "auth.tokens.0.token=0123456789abcdef")) {
            var request = HttpRequest.newBuilder(server.controlUri().resolve("/api/logs/pause"))
                    .header("Authorization", "Bearer 0123456789abcdef")
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            assertThat(HTTP.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
        }
    }

    /** What is logged of commands tells of the host. */
    @Test
    void whatCommandsLogGoesToTheOperatorAndNotWhereTheClientSays() throws Exception {
        try (var theirs = ObservatorySimulator.start(ObservatorySimulatorOptions.defaults());
                var server = start(
                        "observatory.allowed=" + theirs.url(),
                        "clients.tokens.0.client=alice",
                        "clients.tokens.0.token=the-token-of-alice",
                        "exec.clients=alice",
                        "exec.commands.0.name=fail",
                        "exec.commands.0.command=/does/not/exist");
                var alice = new TestClient(server.address("clients"), "the-token-of-alice", TestClient::silence)) {
            String header = RestClient.JSON.writeValueAsString(
                    Map.of("everworkerUrl", theirs.url().toString(), "observatoryToken", "mock-token"));
            alice.say("{\"type\":\"send\",\"to\":\"logic:exec\",\"json\":{\"run\":\"fail\"},\"headers\":{\""
                    + ContextHeaders.EXECUTION_CONTEXT + "\":" + RestClient.JSON.writeValueAsString(header) + "}}");
            await().until(() ->
                    messages().stream().anyMatch(message -> message.contains("command fail of client:alice")));
            assertThat(messages()).anyMatch(message -> message.contains("client:alice runs command fail"));

            post(server, "/api/logs/resume", header);
            await().until(() -> theirs.records().stream()
                    .anyMatch(record -> record.message().contains("/api/logs/resume")));
            assertThat(theirs.records()).noneMatch(record -> record.message().contains("command fail"));
        }
    }

    private void post(Server server, String path, String context) throws Exception {
        var request = HttpRequest.newBuilder(server.controlUri().resolve(path))
                .header(ContextHeaders.EXECUTION_CONTEXT, context)
                .header(
                        "Authorization",
                        "Bearer " + AdminToken.find(folder).orElseThrow().value())
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(HTTP.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    private Run logs(Server server, String... arguments) {
        return Run.of(Stream.of(
                        Stream.of("logs"),
                        Stream.of(arguments),
                        Stream.of("--url", server.controlUri().toString(), "--data", folder.toString()))
                .flatMap(part -> part)
                .toArray(String[]::new));
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
