package dev.signalbox.server.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.exec.ExecSupport;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.TestClient;
import dev.signalbox.server.node.Server;
import dev.signalbox.server.rest.AdminToken;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A whole server that runs commands: those it names, for whom it names, and one that delivers. */
@DisabledOnOs(OS.WINDOWS)
class ServerExecTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String ALICE = "the-token-of-alice";
    private static final String MALLORY = "the-token-of-mallory";

    @TempDir
    Path folder;

    private Server server;

    @BeforeEach
    void start() throws IOException {
        Path say = script("say", "echo \"$1 $COLOUR\"; exit \"$2\"");
        Path slow = script("slow", "echo $$ > " + folder.resolve("pid") + "; echo begun; sleep 600");
        Path trap = script("trap", "trap 'echo got it; exit 7' USR1; echo ready; while :; do sleep 0.1; done");
        Path files = script("files", "ulimit -n");
        Path deliver = script(
                "deliver",
                "cat > " + folder.resolve("taken") + "; echo $SIGNALBOX_IDEMPOTENCY_KEY > " + folder.resolve("key")
                        + "; echo chatter; echo provider-1");
        server = Server.start(
                SignalboxCommand.FEATURES,
                SignalboxCommand.FEATURES.load(
                        Optional.empty(),
                        Map.of(),
                        List.of(
                                "data.folder=" + folder.resolve("data"),
                                "control.port=0",
                                "clients.port=0",
                                "clients.tokens.0.client=alice",
                                "clients.tokens.0.token=" + ALICE,
                                "clients.tokens.1.client=mallory",
                                "clients.tokens.1.token=" + MALLORY,
                                "exec.clients=alice",
                                "exec.commands.0.name=say",
                                "exec.commands.0.command=" + say,
                                "exec.commands.0.arguments=[a-z]+ [0-9]",
                                "exec.commands.0.env=COLOUR=blue",
                                "exec.commands.1.name=slow",
                                "exec.commands.1.command=" + slow,
                                "exec.commands.2.name=flood",
                                "exec.commands.2.command=seq 100000",
                                "exec.commands.2.max-output=1KiB",
                                "exec.commands.3.name=trap",
                                "exec.commands.3.command=" + trap,
                                "exec.commands.4.name=files",
                                "exec.commands.4.command=" + files,
                                "exec.commands.4.limits=open-files=64 memory-bytes=4GiB",
                                "delivery.exec.limits=cpu-seconds=60",
                                "delivery.exec.command=" + deliver)));
    }

    private Path script(String name, String body) throws IOException {
        Path script = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aRequestIsAnsweredWithTheWholeOutput() throws Exception {
        try (TestClient alice = connect(ALICE)) {
            JsonNode answer = ask(alice, "{\"run\":\"say\",\"arguments\":[\"hello\",\"3\"]}");

            assertThat(answer.path("exit").asInt()).isEqualTo(3);
            assertThat(answer.path("stdout").asString()).isEqualTo("hello blue\n");
            assertThat(answer.path("truncated").asBoolean()).isFalse();
        }
    }

    @Test
    void linesAreStreamedAndBounded() {
        try (TestClient alice = connect(ALICE)) {
            alice.send("logic:exec", "{\"run\":\"flood\",\"id\":\"f\"}");

            await().until(() -> frames(alice).stream().anyMatch(frame -> frame.has("exit")));
            List<JsonNode> frames = frames(alice);
            assertThat(frames.getFirst().path("stdout").asString()).isEqualTo("1");
            assertThat(frames.getFirst().path("id").asString()).isEqualTo("f");
            assertThat(frames.getLast().path("truncated").asBoolean()).isTrue();
            assertThat(frames).hasSizeLessThan(600);
        }
    }

    @Test
    void onlyNamedClientsNamedCommandsAndAllowedArguments() throws Exception {
        try (TestClient alice = connect(ALICE);
                TestClient mallory = connect(MALLORY)) {
            assertThat(ask(mallory, "{\"run\":\"flood\"}").path("message").asString())
                    .contains("client:mallory may not run commands");
            assertThat(ask(alice, "{\"run\":\"sh\"}").path("message").asString())
                    .contains("there is no command of that name");
            assertThat(ask(alice, "{\"run\":\"say\",\"arguments\":[\"hello\",\"3;id\"]}")
                            .path("error")
                            .asString())
                    .isEqualTo("refused");
            assertThat(ask(alice, "{\"run\":\"flood\",\"arguments\":[\"1\"]}")
                            .path("message")
                            .asString())
                    .contains("takes at most 0 arguments");
            assertThat(ask(alice, "{\"stop\":1}").path("message").asString()).contains("send {\"run\"");
        }
    }

    @Test
    void aSignalReachesARunThatStreams() throws Exception {
        try (TestClient alice = connect(ALICE)) {
            alice.send("logic:exec", "{\"run\":\"trap\",\"id\":\"t\"}");
            await().until(() -> !frames(alice).isEmpty());

            JsonNode answer = ask(alice, "{\"signal\":\"t\",\"number\":10}");

            assertThat(answer.path("signalled").asInt()).isEqualTo(10);
            await().until(() -> frames(alice).getLast().has("exit"));
            assertThat(frames(alice))
                    .filteredOn(frame -> frame.has("stdout"))
                    .extracting(frame -> frame.path("stdout").asString())
                    .containsExactly("ready", "got it");
            assertThat(frames(alice).getLast().path("exit").asInt()).isEqualTo(7);
        }
    }

    @Test
    void aSignalNeedsARunOfTheClientAndANumber() throws Exception {
        try (TestClient alice = connect(ALICE)) {
            assertThat(ask(alice, "{\"signal\":\"t\",\"number\":10}")
                            .path("message")
                            .asString())
                    .contains("no run with the id 't' is under way");
            assertThat(ask(alice, "{\"signal\":\"t\",\"number\":65}")
                            .path("message")
                            .asString())
                    .contains("1 to 64");
            assertThat(ask(alice, "{\"signal\":\"t\"}").path("error").asString())
                    .isEqualTo("refused");
        }
    }

    @Test
    void limitsHold() throws Exception {
        try (TestClient alice = connect(ALICE)) {
            assertThat(ask(alice, "{\"run\":\"files\"}").path("stdout").asString())
                    .isEqualTo("64\n");
        }
    }

    @Test
    void healthSaysWhetherCommandsEndWhole() throws Exception {
        assertThat(get("health/ready").at("/components/exec").asString())
                .isEqualTo(ExecSupport.current().processGroups() ? "UP" : "DEGRADED");
    }

    @Test
    void aRunEndsWhenItIsCancelled() throws Exception {
        try (TestClient alice = connect(ALICE)) {
            alice.send("logic:exec", "{\"run\":\"slow\",\"id\":\"s\"}");
            await().until(() -> !frames(alice).isEmpty());
            assertThat(ask(alice, "{\"run\":\"slow\"}").path("error").asString())
                    .isEqualTo("busy");

            alice.send("logic:exec", "{\"cancel\":\"s\"}");

            await().until(() -> frames(alice).stream()
                    .anyMatch(frame -> frame.path("error").asString("").equals("cancelled")));
            assertThat(slowIsAlive()).isFalse();
        }
    }

    @Test
    void aRunEndsWithTheConnectionOfItsClient() throws Exception {
        try (TestClient alice = connect(ALICE)) {
            alice.send("logic:exec", "{\"run\":\"slow\",\"id\":\"s\"}");
            await().until(() -> !frames(alice).isEmpty());
            assertThat(slowIsAlive()).isTrue();
        }

        await().until(() -> !slowIsAlive());
    }

    @Test
    void aRunEndsWithTheServer() throws Exception {
        try (TestClient alice = connect(ALICE)) {
            alice.send("logic:exec", "{\"run\":\"slow\",\"id\":\"s\"}");
            await().until(() -> !frames(alice).isEmpty());

            server.close();

            assertThat(slowIsAlive()).isFalse();
        }
    }

    @Test
    void aCommandDelivers() throws Exception {
        String id = post("{\"reach\":[{\"to\":\"exec:the printer\"}],\"body\":\"Grüße\"}");

        await().until(() -> get("api/messages/" + id).path("state").asString().equals("SENT"));
        JsonNode taken = JsonMapper.shared().readTree(Files.readString(folder.resolve("taken")));
        assertThat(taken.path("address").asString()).isEqualTo("the printer");
        assertThat(taken.path("body").asString()).isEqualTo("Grüße");
        assertThat(Files.readString(folder.resolve("key")).strip()).isEqualTo(id);
        assertThat(get("api/messages/" + id).toString()).contains("provider-1").doesNotContain("chatter");
    }

    @Test
    void runsAreCounted() throws Exception {
        try (TestClient alice = connect(ALICE)) {
            ask(alice, "{\"run\":\"say\",\"arguments\":[\"hello\",\"3\"]}");
        }

        await().until(() ->
                text("metrics").contains("signalbox_exec_ended_total{command=\"say\",outcome=\"failure\"} 1.0"));
    }

    private boolean slowIsAlive() throws IOException {
        long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    private TestClient connect(String token) {
        return new TestClient(server.address("clients"), token, TestClient::silence);
    }

    private static JsonNode ask(TestClient client, String json) throws Exception {
        JsonNode reply = client.request("logic:exec", json);
        return JsonMapper.shared().readTree(reply.path("text").asString());
    }

    private static List<JsonNode> frames(TestClient client) {
        return client.messages().stream()
                .map(message ->
                        JsonMapper.shared().readTree(message.path("text").asString()))
                .toList();
    }

    private String post(String json) throws Exception {
        HttpRequest request = request("api/messages")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build();
        String body = HTTP.send(request, BodyHandlers.ofString()).body();
        return JsonMapper.shared().readTree(body).path("id").asString();
    }

    private JsonNode get(String path) throws Exception {
        return JsonMapper.shared().readTree(text(path));
    }

    private String text(String path) throws Exception {
        return HTTP.send(request(path).build(), BodyHandlers.ofString()).body();
    }

    private HttpRequest.Builder request(String path) {
        URI uri = server.controlUri().resolve(path);
        String token = AdminToken.find(folder.resolve("data")).orElseThrow().value();
        return HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + token);
    }
}
