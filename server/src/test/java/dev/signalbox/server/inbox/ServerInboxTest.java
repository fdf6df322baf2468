package dev.signalbox.server.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.server.Run;
import dev.signalbox.server.TestClient;
import dev.signalbox.server.TestServer;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.RestClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A whole server with inboxes: by command line, REST, and as connected clients see their own. */
class ServerInboxTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static TestServer server;

    /** Although a rule lets everybody use every topic, those of inboxes are their owners'. */
    @BeforeAll
    static void start(@TempDir Path folder) {
        server = new TestServer(
                folder, "topics.rules.1.name=*", "topics.rules.1.publish=*", "topics.rules.1.subscribe=*");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void messagesWaitUntilTheyAreReadAndArchived() {
        send("inbox:alice", "first", "--header", "subject=Hello", "--header", "category=news");
        until(() -> unread("alice") == 1);
        send("inbox:alice", "second");
        until(() -> unread("alice") == 2);
        JsonNode items = list("alice").path("items");
        assertThat(texts(items, "body")).containsExactly("second", "first");
        assertThat(items.get(1).path("subject").asString()).isEqualTo("Hello");
        assertThat(items.get(1).path("category").asString()).isEqualTo("news");

        String first = items.get(1).path("id").asString();
        assertThat(server.run("inbox", "read", "alice", first).out())
                .isEqualToIgnoringNewLines("1 item is now read, 1 unread");
        assertThat(texts(list("alice", "--state", "unread").path("items"), "body"))
                .containsExactly("second");
        server.run("inbox", "archive", "alice", first);
        assertThat(texts(list("alice").path("items"), "body")).containsExactly("second");
        assertThat(texts(list("alice", "--state", "archived").path("items"), "body"))
                .containsExactly("first");
        assertThat(server.run("inbox", "unread", "alice", first).out()).contains("1 item is now unread, 2 unread");
        assertThat(server.run("inbox", "archive", "alice", "--all").out())
                .isEqualToIgnoringNewLines("2 items are now archived, 0 unread");
        assertThat(server.run("inbox", "ls", "bob").out()).doesNotContain("first");
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThat(server.run("inbox", "read", "alice").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(server.run("inbox", "read", "alice", "x", "--all").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(server.run("inbox", "ls", "alice", "--state", "new").err())
                .contains("state must be UNREAD, READ or ARCHIVED");
        assertThat(server.run("inbox", "ls", "alice", "--after", "x").err()).contains("next of the page before");
        assertThat(server.run("inbox", "ls", "a b").err()).contains("recipient must be 1 to 122");
        Run refused = server.run("send", "--to", "inbox:" + "x".repeat(123), "hello");
        assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.err()).contains("the recipient has 123 characters; it must have 1 to 122");
    }

    @Test
    void clientsSeeTheirOwnInboxAndHearOfChanges() throws Exception {
        try (var eve = client("eve");
                var bob = client("bob")) {
            bob.say("{\"type\":\"subscribe\",\"id\":\"s\",\"topic\":\"inbox/eve\"}");
            for (String pattern : List.of("inbox/*", "inb*", "*")) {
                bob.say("{\"type\":\"subscribe\",\"id\":\"s\",\"topic\":\"" + pattern + "\"}");
            }
            bob.say("{\"type\":\"publish\",\"topic\":\"inbox/eve\",\"text\":\"forged\"}");
            eve.say("{\"type\":\"subscribe\",\"id\":\"s\",\"topic\":\"inbox/eve\"}");
            until(() -> server.run("topic", "show", "inbox/eve").exitCode() == ExitCode.OK);
            Run forged = server.run("topic", "publish", "inbox/eve", "forged");
            assertThat(forged.exitCode()).isEqualTo(ExitCode.REFUSED);
            assertThat(forged.err()).contains("only the server itself publishes to topics inbox/");

            send("inbox:eve", "one");
            until(() -> eve.messages().size() == 1);
            JsonNode added = event(eve, 0);
            assertThat(added.path("type").asString()).isEqualTo("added");
            assertThat(added.path("unread").asInt()).isEqualTo(1);
            assertThat(added.path("item").path("body").asString()).isEqualTo("one");

            JsonNode listed = ask(eve, "{\"list\":{}}");
            assertThat(listed.path("recipient").asString()).isEqualTo("eve");
            assertThat(texts(listed.path("items"), "body")).containsExactly("one");
            JsonNode marks = ask(eve, "{\"mark\":{\"all\":true,\"state\":\"READ\"}}");
            assertThat(marks.toString()).isEqualTo("{\"changed\":1,\"unread\":0}");
            until(() -> eve.messages().size() == 2);
            assertThat(event(eve, 1).path("state").asString()).isEqualTo("READ");
            assertThat(event(eve, 1).path("ids")).hasSize(1);

            assertThat(ask(bob, "{\"list\":{}}").path("items")).isEmpty();
            assertThat(ask(bob, "{\"mark\":{\"ids\":[1]}}").path("message").asString())
                    .contains("mark.state is required", "mark.ids must be");
            assertThat(ask(bob, "{\"read\":1}").path("error").asString()).isEqualTo("refused");
            assertThat(bob.messages()).isEmpty();
            assertThat(server.run("topic", "show", "inbox/eve", "--json")
                            .json()
                            .path("subscribers")
                            .asInt())
                    .isEqualTo(1);
        }
    }

    /** A step before the inbox that nobody answers leads to it. */
    @Test
    void theInboxIsAStepOfAReach() {
        send("client:carol within 1s > inbox:carol", "you were away");
        until(() -> unread("carol") == 1);
    }

    private static JsonNode event(TestClient client, int index) {
        JsonNode message = client.messages().get(index);
        assertThat(message.path("topic").asString()).isEqualTo("inbox/eve");
        return RestClient.JSON.readTree(message.path("text").asString());
    }

    private static JsonNode ask(TestClient client, String json) throws Exception {
        return RestClient.JSON.readTree(
                client.request("logic:inbox", json).path("text").asString());
    }

    private static void send(String to, String body, String... more) {
        var arguments = new ArrayList<String>(List.of("send", "--to", to, body));
        arguments.addAll(List.of(more));
        Run sent = server.run(arguments.toArray(String[]::new));
        assertThat(sent.exitCode()).as(sent.err()).isZero();
    }

    private static JsonNode list(String recipient, String... more) {
        var arguments = new ArrayList<String>(List.of("inbox", "ls", recipient, "--json"));
        arguments.addAll(List.of(more));
        return server.run(arguments.toArray(String[]::new)).json();
    }

    private static int unread(String recipient) {
        return list(recipient).path("unread").asInt();
    }

    private static List<String> texts(JsonNode items, String field) {
        return items.valueStream().map(item -> item.path(field).asString()).toList();
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(PATIENCE).until(condition);
    }

    private static TestClient client(String user) throws IOException {
        String token = Files.readString(Path.of(server.tokenOf(user)));
        return new TestClient(URI.create(server.clientsUrl()), token, TestClient::ack);
    }
}
