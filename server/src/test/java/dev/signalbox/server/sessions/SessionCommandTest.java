package dev.signalbox.server.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.Run;
import dev.signalbox.server.TestServer;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.RestClient;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The commands about sessions, against a real server. */
class SessionCommandTest {
    @TempDir
    static Path folder;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = new TestServer(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void appendsAndReads() {
        Run appended = server.run("session", "append", "a/b", "{\"move\": \"e4\"}");
        assertThat(appended.exitCode()).isZero();
        long offset = Long.parseLong(appended.out().strip());
        server.run("session", "append", "a/b", "just text", "--json");

        Run read = server.run("session", "read", "a/b");
        assertThat(read.out()).contains(offset + "  ", "{\"move\":\"e4\"}", "\"just text\"");
        JsonNode page = RestClient.JSON.readTree(
                server.run("session", "read", "a/b", "--json", "--after", Long.toString(offset))
                        .out());
        assertThat(page.path("events")).hasSize(1);
    }

    @Test
    void followsUntilItHasSeenEnough() throws Exception {
        CompletableFuture<Run> following = CompletableFuture.supplyAsync(
                () -> server.run("session", "follow", "f", "--after", "0", "--count", "3", "--json"));
        for (int i = 0; i < 3; i++) {
            server.run("session", "append", "f", Integer.toString(i));
        }
        Run followed = following.get(30, TimeUnit.SECONDS);
        assertThat(followed.exitCode()).isZero();
        assertThat(followed.out()
                        .lines()
                        .map(line ->
                                RestClient.JSON.readTree(line).path("value").asInt()))
                .containsExactly(0, 1, 2);
    }

    @Test
    void anEventHasHeadersAKeyAndAPlace() {
        String first = server.run("session", "append", "k", "1", "--key", "order-7", "--expect", "0")
                .out()
                .strip();
        assertThat(server.run("session", "append", "k", "1", "--key", "order-7")
                        .out()
                        .strip())
                .isEqualTo(first);
        Run late = server.run("session", "append", "k", "2", "--expect", "0");
        assertThat(late.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(late.err()).contains("ends at offset " + first + " where 0 was expected");
        server.run("session", "append", "k", "3", "--expect", first, "--header", "trace=7", "--header", "café=♞");
        assertThat(withStdin("4\n", "session", "append", "k", "--header", "trace=8")
                        .exitCode())
                .isZero();
        assertThat(server.run("session", "read", "k").out())
                .contains("{\"trace\":\"7\",\"café\":\"♞\"}", "{\"trace\":\"8\"}");

        Run lines = withStdin("5\n", "session", "append", "k", "--key", "order-8");
        assertThat(lines.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(lines.err()).contains("--key and --expect are for one event");
    }

    @Test
    void readsOnPageByPage() {
        withStdin("1\n2\n3\n", "session", "append", "pages");
        Run first = server.run("session", "read", "pages", "--limit", "2");
        String next = first.err().replaceFirst("(?s).*--after (\\S+).*", "$1");
        assertThat(next).contains("-");
        Run second = server.run("session", "read", "pages", "--after", next);
        assertThat(second.out().lines()).hasSize(1);
        assertThat(second.err()).doesNotContain("More");
    }

    @Test
    void listsAndDeletes() {
        for (String session : List.of("list/a", "list/b", "list/c")) {
            server.run("session", "append", session, "1");
        }
        Run page = server.run("session", "list", "--after", "list", "--limit", "2");
        assertThat(page.out().lines()).containsExactly("list/a", "list/b");
        assertThat(page.err()).contains("More: --after list/b");

        Run unasked = server.run("session", "delete", "list/b");
        assertThat(unasked.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(unasked.err()).contains("Delete session list/b with all its events?", "--yes");
        assertThat(server.run("session", "delete", "list/b", "--yes", "--json")
                        .json()
                        .path("deleted")
                        .asString())
                .isEqualTo("list/b");
        assertThat(server.run("session", "list", "--after", "list", "--limit", "2")
                        .out()
                        .lines())
                .containsExactly("list/a", "list/c");
        Run gone = server.run("session", "delete", "list/b", "--yes");
        assertThat(gone.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(gone.err()).contains("there is no session list/b");
    }

    @Test
    void tellsWhatTheServerRefuses() {
        Run refused = server.run("session", "append", "not a name", "1");
        assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.err()).contains("session holds a blank");
    }

    @Test
    void aFileWithABadLineIsNotAppendedInPart() {
        Run bad = withStdin("1\n2\n{\n4\n", "session", "append", "file", "--json");
        assertThat(bad.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(bad.err()).contains("line 3 is not JSON", "nothing was appended");
        Run mended = withStdin("1\n2\n3\n4\n", "session", "append", "file", "--json");
        assertThat(mended.json().path("appended").asInt()).isEqualTo(4);
        assertThat(server.run("session", "read", "file", "--after", "0", "--json")
                        .json()
                        .path("events"))
                .hasSize(4);
    }

    private static Run withStdin(String text, String... command) {
        var before = System.in;
        System.setIn(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        try {
            return server.run(command);
        } finally {
            System.setIn(before);
        }
    }
}
