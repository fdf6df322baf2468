package dev.signalbox.server.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.Run;
import dev.signalbox.server.TestServer;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.RestClient;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
