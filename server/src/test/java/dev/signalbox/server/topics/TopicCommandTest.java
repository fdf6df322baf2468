package dev.signalbox.server.topics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.Run;
import dev.signalbox.server.TestClient;
import dev.signalbox.server.TestServer;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.RestClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The commands about topics, against a real server. */
class TopicCommandTest {
    @TempDir
    static Path folder;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = new TestServer(
                folder,
                "topics.rules.1.name=short",
                "topics.rules.1.history.count=2",
                "topics.rules.2.name=rooms/*",
                "topics.rules.2.subscribe=*",
                "topics.rules.2.presence=true");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Run ok(String... arguments) {
        Run run = server.run(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    private static JsonNode json(String text) {
        return RestClient.JSON.readTree(text);
    }

    @Test
    void whatIsPublishedIsKeptAndShown() {
        assertThat(ok("topic", "publish", "a/b", "one", "--header", "priority=low")
                        .out()
                        .strip())
                .isEqualTo("1");
        JsonNode second = json(ok("topic", "publish", "a/b", "{\"n\": 2}", "--json-payload", "--json")
                .out());
        assertThat(second.path("offset").asLong()).isEqualTo(2);
        assertThat(second.path("repeated").asBoolean()).isFalse();

        assertThat(ok("topic", "show", "a/b").out()).contains("a/b", "2 messages from 1 on");
        JsonNode shown = json(ok("topic", "show", "a/b", "--json").out());
        assertThat(shown.path("epoch")).isEqualTo(second.path("epoch"));
        assertThat(shown.path("subscribers").asInt()).isZero();
        assertThat(ok("topic", "ls", "--name", "a/").out()).contains("TOPIC", "a/b");
        assertThat(json(ok("topic", "ls", "--name", "a/", "--json").out()).path("items"))
                .hasSize(1);
        assertThat(ok("topic", "tail", "a/b", "--no-follow").out()).contains("one", "{\"n\":2}", "logic:rest");
        String last = ok("topic", "tail", "a/b", "--no-follow", "--last", "1", "--json")
                .out();
        assertThat(json(last).path("headers").path("content-type").asString()).isEqualTo("application/json");
        assertThat(json(last).path("offset").asLong()).isEqualTo(2);
    }

    @Test
    void theSameKeyPublishesOnce() {
        assertThat(ok("topic", "publish", "keyed", "x", "--key", "k").out().strip())
                .isEqualTo("1");
        Run again = ok("topic", "publish", "keyed", "y", "--key", "k");

        assertThat(again.out().strip()).isEqualTo("1");
        assertThat(again.err()).contains("published before");
        assertThat(ok("topic", "tail", "keyed", "--no-follow").out().lines()).hasSize(1);
    }

    @Test
    void whatIsVolatileIsNotKept() {
        ok("topic", "publish", "fleeting", "kept");
        Run passed = ok("topic", "publish", "fleeting", "x", "--volatile");

        assertThat(passed.out()).isEmpty();
        assertThat(passed.err()).contains("has no offset");
        assertThat(json(ok("topic", "publish", "fleeting", "y", "--volatile", "--json")
                                .out())
                        .path("volatile")
                        .asBoolean())
                .isTrue();
        assertThat(json(ok("topic", "show", "fleeting", "--json").out())
                        .path("last")
                        .asInt())
                .isEqualTo(1);
        assertThat(server.run("topic", "publish", "fleeting", "x", "--volatile", "--key", "k")
                        .err())
                .contains("Idempotency-Key");
    }

    @Test
    void whatIsNoLongerKeptIsTold() {
        for (int i = 1; i <= 5; i++) {
            ok("topic", "publish", "short", "m" + i);
        }
        Run tail = ok("topic", "tail", "short", "--no-follow", "--after", "1");

        assertThat(tail.err()).contains("No longer there: 2 to before 4");
        assertThat(tail.out().lines()).hasSize(2).last().asString().endsWith("m5");
        assertThat(ok("topic", "tail", "short", "--no-follow", "--after", "1", "--json")
                        .out())
                .contains("{\"gap\":{\"expected\":2,\"next\":4}}");
    }

    @Test
    void aTailFollows() throws Exception {
        ok("topic", "publish", "followed", "0");
        FutureTask<Run> tail =
                new FutureTask<>(() -> server.run("topic", "tail", "followed", "--count", "4", "--json"));
        Thread.startVirtualThread(tail);
        for (int i = 1; i <= 3; i++) {
            ok("topic", "publish", "followed", Integer.toString(i));
        }
        Run followed = tail.get(60, TimeUnit.SECONDS);

        assertThat(followed.exitCode()).isZero();
        assertThat(followed.out().lines().map(line -> json(line).path("text").asString()))
                .containsExactly("0", "1", "2", "3");
    }

    private static TestClient alice() throws IOException {
        String token = Files.readString(Path.of(server.tokenOf("alice")));
        return new TestClient(URI.create(server.clientsUrl()), token, TestClient::ack);
    }

    @Test
    void whoIsInATopicIsPrinted() throws Exception {
        Run empty = ok("topic", "show", "rooms/9", "--presence");
        assertThat(empty.out()).isEmpty();
        assertThat(empty.err()).contains("0 clients are there");
        try (TestClient one = alice();
                TestClient two = alice()) {
            for (TestClient each : List.of(one, two)) {
                each.say("{\"type\":\"subscribe\",\"id\":\"s\",\"topic\":\"rooms/9\"}");
                assertThat(each.answer("s")
                                .orTimeout(60, TimeUnit.SECONDS)
                                .join()
                                .path("type")
                                .asString())
                        .isEqualTo("ok");
            }
            assertThat(ok("topic", "show", "rooms/9", "--presence").out().strip())
                    .isEqualTo("alice");
            assertThat(json(ok("topic", "show", "rooms/9", "--presence", "--json")
                            .out()))
                    .isEqualTo(json("{\"topic\":\"rooms/9\",\"count\":1,\"complete\":true,\"users\":[\"alice\"]}"));
            Run full = ok("topic", "show", "rooms/9", "--presence", "--limit", "1");
            assertThat(full.err()).contains("More: --after alice");
            assertThat(ok("topic", "show", "rooms/9", "--presence", "--after", "alice")
                            .out())
                    .isEmpty();
        }
        Run without = server.run("topic", "show", "short", "--presence");
        assertThat(without.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(without.err()).contains("topics.rules.*.presence");
    }

    @Test
    void whatIsWrongIsToldWithItsOwnExitCode() {
        assertThat(server.run("topic", "show", "none").exitCode()).isEqualTo(ExitCode.REFUSED);
        Run bad = server.run("topic", "show", "a b");
        assertThat(bad.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(bad.err()).contains("A-Z a-z 0-9");
        assertThat(server.run("topic", "publish", "a", "{", "--json-payload").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(server.run("topic", "publish", "rooms/1~presence", "x").exitCode())
                .isNotZero();
        assertThat(server.run("topic", "tail", "none").exitCode()).isEqualTo(ExitCode.REFUSED);
    }
}
