package dev.signalbox.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.server.Run;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.rest.AdminToken;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server refuses in words, at its start and after one with the usual settings. */
class ServerStartTest {
    @TempDir
    Path folder;

    @Test
    void aSecondServerOnOneSqliteFileIsRefused() {
        try (Server first = start()) {
            assertThat(first.controlUri().getPort()).isPositive();
            assertThatThrownBy(this::start)
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining("signalbox.db")
                    .hasMessageContaining("PostgreSQL");
        }
        start().close();
    }

    /** Whatever was opened would keep its ports and its database, and nobody could close it. */
    @Test
    void aServerThatCannotBecomeReadyIsClosed() {
        var closed = new AtomicBoolean();
        Features features = Features.of(new Feature() {
            @Override
            public String name() {
                return "failing";
            }

            @Override
            public Part configure(Reading reading) {
                return node -> {
                    node.closing(() -> closed.set(true));
                    node.whenReady(() -> {
                        throw new IllegalStateException("as the test wants it");
                    });
                };
            }
        });
        var settings = List.of("data.folder=" + folder, "control.port=0");
        assertThatThrownBy(() -> Server.start(features, features.load(Optional.empty(), Map.of(), settings)))
                .hasMessage("as the test wants it");
        assertThat(closed).isTrue();
    }

    @Test
    void aTextMessageWithoutAProviderIsRefusedWithTheKeysToSet() throws Exception {
        try (Server server = start()) {
            var one = post(server, "application/json", "{\"to\":\"sms:+61491570006\",\"body\":\"hello\"}");
            assertThat(one.statusCode()).isEqualTo(400);
            assertThat(one.body())
                    .contains("channel `sms` is not configured", "delivery.sms.url and delivery.sms.token");
            var bulk = post(
                    server,
                    "application/x-ndjson",
                    "{\"to\":\"sms:+61491570006\",\"body\":\"hello\"}\n{\"to\":\"client:alice\",\"body\":\"hello\"}\n");
            assertThat(bulk.body().lines().toList().getFirst()).contains("delivery.sms.url");
            assertThat(bulk.body().lines().toList().get(1)).contains("\"id\"");
        }
    }

    @Test
    void theCommandLineTellsWhichKeysToSetForATextMessage() throws Exception {
        try (Server server = start()) {
            var where = List.of("--url", server.controlUri().toString(), "--data", folder.toString());
            Run sent = run(where, "send", "--to", "sms:+61491570006", "hello");
            Path rows = Files.writeString(folder.resolve("rows.csv"), """
                to,body
                sms:+61491570006,hello
                client:alice,hello
                client:bob within 5s > sms:+61491570006,hello
                """);
            Run imported = run(where, "import", rows.toString());

            assertThat(sent.exitCode()).isEqualTo(ExitCode.REFUSED);
            assertThat(sent.err())
                    .contains("channel `sms` is not configured", "delivery.sms.url and delivery.sms.token");
            assertThat(imported.exitCode()).isEqualTo(ExitCode.REFUSED);
            assertThat(imported.out()).isEqualTo("1 accepted, 0 known already, 2 refused\n");
            assertThat(imported.err().lines())
                    .hasSize(2)
                    .allMatch(line -> line.contains("delivery.sms.url and delivery.sms.token"));
        }
    }

    private static Run run(List<String> where, String... arguments) {
        return Run.of(Stream.concat(Stream.of(arguments), where.stream()).toArray(String[]::new));
    }

    private Server start() {
        var sets = List.of("data.folder=" + folder, "control.port=0", "clients.port=0");
        return Server.start(
                SignalboxCommand.FEATURES, SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), sets));
    }

    private HttpResponse<String> post(Server server, String type, String body)
            throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(server.controlUri().resolve("/api/messages"))
                            .header(
                                    "Authorization",
                                    "Bearer " + AdminToken.findOrCreate(folder).value())
                            .header("Content-Type", type)
                            .POST(BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());
        }
    }
}
