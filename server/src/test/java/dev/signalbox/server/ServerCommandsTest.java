package dev.signalbox.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.server.command.ExitCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that talk to a server, against a real one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerCommandsTest {
    private static final String SMS = "sms:+61491570006";

    private Path folder;
    private TestServer server;

    @BeforeAll
    void start(@TempDir Path temporary) {
        folder = temporary;
        server = new TestServer(temporary.resolve("data"));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void sendsAMessageThatArrives() {
        var run = server.run("send", "--to", SMS, "Grüße 👋");
        assertThat(run.exitCode()).isZero();
        awaitState(run.out().strip(), "SENT");
        assertThat(server.provider.messages(1000))
                .anyMatch(message -> message.content().equals("Grüße 👋"));
    }

    @Test
    void sendsOnceForOneDedupeKey() {
        var first = server.run("send", "--to", SMS, "--dedupe-key", "one", "--json", "hi")
                .json();
        var second = server.run("send", "--to", SMS, "--dedupe-key", "one", "--json", "hi")
                .json();
        assertThat(second.get("id")).isEqualTo(first.get("id"));
        assertThat(first.get("duplicate").asBoolean()).isFalse();
        assertThat(second.get("duplicate").asBoolean()).isTrue();
    }

    @Test
    void sendsAChainWithEveryOption() {
        var id = server.run(
                        "send",
                        "--to",
                        "client:nobody within 90s",
                        "--to",
                        SMS,
                        "--priority",
                        "2",
                        "--at",
                        "2100-01-01T00:00:00Z",
                        "--expires-in",
                        "1h",
                        "--max-attempts",
                        "3",
                        "--header",
                        "a=b",
                        "later")
                .out()
                .strip();
        assertThat(id).isEmpty();
        var accepted = server.run(
                        "send",
                        "--to",
                        "client:nobody within 90s",
                        "--to",
                        SMS,
                        "--priority",
                        "2",
                        "--at",
                        "2100-01-01T00:00:00Z",
                        "--max-attempts",
                        "3",
                        "--header",
                        "a=b",
                        "later")
                .out()
                .strip();
        var message = server.run("queue", "show", accepted, "--json").json();
        assertThat(message.at("/reach/0/to").asString()).isEqualTo("client:nobody");
        assertThat(message.at("/reach/0/within").asString()).isEqualTo("90s");
        assertThat(message.at("/reach/1/to").asString()).isEqualTo(SMS);
        assertThat(message.at("/priority").asInt()).isEqualTo(2);
        assertThat(message.at("/maxAttempts").asInt()).isEqualTo(3);
        assertThat(message.at("/headers/a").asString()).isEqualTo("b");
        assertThat(server.run("queue", "cancel", accepted).out()).isEqualToIgnoringNewLines(accepted + " CANCELLED");
        assertThat(server.run("queue", "retry", accepted).exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sms:12", "pigeon:coop", "nowhere"})
    void aMessageThatTheServerRefusesIsExplained(String to) {
        var run = server.run("send", "--to", to, "hi");
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).startsWith("signalbox: ").doesNotContain("Exception");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aWrongTokenIsSaid() throws IOException {
        var wrong = Files.writeString(folder.resolve("wrong"), "guess");
        var run = Run.of("queue", "status", "--url", server.url(), "--token-file", wrong.toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(run.err()).contains("does not accept this token").doesNotContain("guess");
    }

    @Test
    void importsAFileAndNothingTwice() throws IOException {
        var file = csv("to,body,dedupe_key\n" + SMS + ",one,k-1\n" + SMS + ",\"two\nlines\",k-2\n");
        assertThat(server.run("import", file).out())
                .isEqualToIgnoringNewLines("2 accepted, 0 known already, 0 refused");
        var again = server.run("import", file, "--json").out().lines().toList();
        assertThat(again).hasSize(3).last().isEqualTo("{\"accepted\":0,\"duplicates\":2,\"refused\":0}");
        assertThat(again.get(1)).contains("\"line\":3").contains("\"duplicate\":true");
    }

    @Test
    void importsTheExamples() {
        var run = server.run("import", Path.of("..", "examples", "messages.csv").toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualToIgnoringNewLines("300 accepted, 0 known already, 0 refused");
    }

    @Test
    void namesTheLinesOfRefusedRowsInEveryChunk() throws IOException {
        var rows = new StringBuilder("to,body\n");
        for (int line = 2; line <= 2_500; line++) {
            rows.append(line == 7 || line == 2_222 ? "sms:1" : "client:absent")
                    .append(",message ")
                    .append(line)
                    .append('\n');
        }
        var run = server.run("import", csv(rows.toString()));
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.out()).isEqualToIgnoringNewLines("2497 accepted, 0 known already, 2 refused");
        assertThat(run.err().lines()).hasSize(2);
        assertThat(run.err()).contains("line 7: ").contains("line 2222: ");
    }

    @Test
    void importsNdjsonFromStdin() {
        var run = withStdin(
                "{\"to\":\"" + SMS + "\",\"body\":\"from a pipe\"}\n{\"to\":5}\n",
                () -> server.run("import", "-", "--format", "ndjson"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.out()).startsWith("1 accepted, 0 known already, 1 refused");
        assertThat(run.err()).startsWith("line 2: ");
    }

    @Test
    void explainsAFileThatIsNotThereOrHasAWrongHeader() throws IOException {
        var none = server.run("import", "none.csv");
        assertThat(none.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(none.err()).contains("there is no file 'none.csv'");
        var header = server.run("import", csv("to,bodi\nx,y\n"));
        assertThat(header.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(header.err()).contains("bodi").contains("body");
    }

    @Test
    void listsAndShowsMessages() {
        var id = server.run("send", "--to", "sms:+61491570313", "to be listed")
                .out()
                .strip();
        awaitState(id, "SENT");
        var list = server.run("queue", "list", "--address", "+61491570313", "--channel", "sms", "--state", "sent");
        assertThat(list.out()).startsWith("ID ").contains(id, "SENT", "to be listed");
        assertThat(server.run("queue", "show", id).out())
                .contains("state          SENT", "sms:+61491570313", "ACCEPTED", "sim-");
        assertThat(server.run("queue", "list", "--limit", "1").out()).contains("More: --cursor ");
        var none = server.run("queue", "show", UUID.randomUUID().toString());
        assertThat(none.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(server.run("queue", "list", "--state", "lost").exitCode()).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void aBodyThatTheChannelCannotCarryIsRefusedWithTheKeyToSet() throws IOException {
        String longest = "x".repeat(160);
        Run sent = server.run("send", "--to", SMS, longest + "x");
        Run live = server.run("send", "--to", "client:nobody within 1s", longest + "x");
        Run imported = server.run("import", csv("to,body\n%s,%sx\n%s,%s\n".formatted(SMS, longest, SMS, longest)));

        assertThat(sent.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(sent.err()).contains("161 characters", "160", "delivery.sms.max-length");
        assertThat(live.exitCode()).isZero();
        assertThat(imported.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(imported.out()).isEqualTo("1 accepted, 0 known already, 1 refused\n");
        assertThat(imported.err()).startsWith("line 2:").contains("delivery.sms.max-length");
    }

    @Test
    void aBodyBeyondTheLimitOfEveryChannelIsRefused() throws IOException {
        String body = "x".repeat((64 << 10) + 1);
        Run sent = server.run("send", "--to", "client:alice", body);
        Run imported = server.run("import", csv("to,body\nclient:alice," + body + "\n"));

        assertThat(sent.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(sent.err()).contains("body is longer than 64 KiB");
        assertThat(imported.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(imported.err()).contains("body is longer than 64 KiB");
    }

    @Test
    void showsTheStatus() {
        assertThat(server.run("queue", "status").out()).contains("dispatch  RUNNING", "health    UP", "SENT");
        assertThat(server.run("queue", "status", "--json").json().has("counts")).isTrue();
    }

    @Test
    void tellsWhetherItIsReady() {
        assertThat(server.run("health").out()).isEqualToIgnoringNewLines("UP");
        assertThat(server.run("health", "--live").out()).isEqualToIgnoringNewLines("UP");
        assertThat(server.run("health", "--json").json().path("admission").asString(""))
                .isEqualTo("OPEN");

        assertThat(server.run("maintenance", "on", "--reason", "upgrade", "--wait", "1m")
                        .exitCode())
                .isZero();
        Run closed = server.run("health");

        assertThat(closed.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(closed.out()).startsWith("DOWN").contains("admission is ");
        assertThat(server.run("health", "--live").exitCode()).isZero();
        assertThat(server.run("maintenance", "off", "--wait", "1m").exitCode()).isZero();
    }

    @Test
    void changesWhatItCanAndSaysWhatItCannot() {
        var id = server.run("send", "--to", SMS, "--at", "2100-01-01T00:00:00Z", "far away")
                .out()
                .strip();
        var run = server.run("queue", "cancel", UUID.randomUUID().toString(), id);
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.out()).isEqualToIgnoringNewLines(id + " CANCELLED");
        assertThat(run.err()).contains("there is no message");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws", "http", "tcp", "tcp+unix", "udp", "grpc"})
    void connectsAsAClientThatHearsItself(String transport) throws IOException {
        var token = server.tokenOf("alice");
        var run = withStdin(
                "client:alice hello, myself\nwithout-text\n\n",
                () -> Run.of("connect", server.clientsUrl(transport), "--token-file", token, "--linger", "500ms"));
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).endsWith("client:alice: hello, myself\n").hasLineCount(1);
        assertThat(run.err()).contains("connected as alice", "write ADDRESS TEXT");
    }

    @Test
    void subscribesToATopicAndPublishesToIt() throws IOException {
        var token = server.tokenOf("carol");
        var run = withStdin(
                "breaking\n",
                () -> Run.of(
                        "connect",
                        server.clientsUrl(),
                        "--token-file",
                        token,
                        "--topic",
                        "news",
                        "--to",
                        "topic:news",
                        "--linger",
                        "5s"));
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).endsWith("client:carol in news: breaking\n").hasLineCount(1);
    }

    @Test
    void acknowledgesWhatIsDeliveredLive() throws Exception {
        var id = server.run("send", "--to", "client:bob", "--max-attempts", "50", "for bob")
                .out()
                .strip();
        var token = server.tokenOf("bob");
        // How long that takes depends on the attempts before, so the input ends only then.
        var run = withStdin(
                atEnd(() -> stateOf(id).equals("SENT")),
                () -> Run.of("connect", server.clientsUrl(), "--token-file", token, "--linger", "0s", "--json"));
        assertThat(run.out()).contains("\"client\":\"bob\"").contains("for bob");
        awaitState(id, "SENT");
    }

    /** An empty input that ends when the condition holds, or after twenty seconds. */
    private static InputStream atEnd(BooleanSupplier condition) {
        return new InputStream() {
            @Override
            public int read() {
                long begun = System.nanoTime();
                while (!condition.getAsBoolean() && System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(20)) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
                }
                return -1;
            }

            @Override
            public int read(byte[] bytes, int from, int count) {
                return read();
            }
        };
    }

    @Test
    void saysWhyItCannotConnect() throws IOException {
        var forged = Files.writeString(folder.resolve("forged"), "forged").toString();
        var run = withStdin("", () -> Run.of("connect", server.clientsUrl(), "--token-file", forged, "--linger", "5s"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(run.err()).contains("4401");
        var datagrams = withStdin(
                "", () -> Run.of("connect", server.clientsUrl("udp"), "--token-file", forged, "--linger", "5s"));
        assertThat(datagrams.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(datagrams.err()).contains("4401");
        assertThat(Run.of("connect", "ws://127.0.0.1:1/ws", "--token-file", forged)
                        .exitCode())
                .isEqualTo(ExitCode.UNREACHABLE);
        for (String url : List.of(
                "http://127.0.0.1:1/events",
                "tcp://127.0.0.1:1",
                "udp://127.0.0.1:1",
                "grpc://127.0.0.1:1",
                "tcp+unix:/no/such.sock")) {
            assertThat(Run.of("connect", url, "--token-file", forged).exitCode())
                    .as(url)
                    .isEqualTo(ExitCode.UNREACHABLE);
        }
        assertThat(Run.of("connect", "ftp://127.0.0.1:1/", "--token-file", forged)
                        .exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    private void awaitState(String id, String state) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(stateOf(id)).isEqualTo(state));
    }

    private String stateOf(String id) {
        return server.run("queue", "show", id, "--json").json().path("state").asString("");
    }

    private String csv(String text) throws IOException {
        return Files.writeString(folder.resolve(UUID.randomUUID() + ".csv"), text)
                .toString();
    }

    private interface Command {
        Run run();
    }

    private static Run withStdin(String text, Command command) {
        return withStdin(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), command);
    }

    private static Run withStdin(InputStream input, Command command) {
        var before = System.in;
        System.setIn(input);
        try {
            return command.run();
        } finally {
            System.setIn(before);
        }
    }
}
