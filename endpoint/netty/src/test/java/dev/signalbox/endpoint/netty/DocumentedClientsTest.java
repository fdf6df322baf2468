package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/protocol.md for clients of others, as a reader would copy them. */
@Timeout(120)
class DocumentedClientsTest {
    private static final EventLoops LOOPS = Transport.NATIVE.loops();
    private static final Authenticator ALICE =
            token -> token.equals("a-token") ? Optional.of(new Principal("alice", Map.of())) : Optional.empty();

    private final Router router = Router.create(RouterOptions.defaults().withDrain(Duration.ZERO));

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        router.close();
    }

    /** One of the page's examples in a language, counted from 0. */
    private static String example(String language, int number) throws IOException {
        var found = Pattern.compile("^```" + language + "\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../../docs/protocol.md")));
        for (int i = 0; i <= number; i++) {
            assertThat(found.find()).isTrue();
        }
        return found.group(1);
    }

    /** What it prints. */
    private String run(String program, String... arguments) throws IOException, InterruptedException {
        require(program);
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(
                        Stream.concat(Stream.of(program), Stream.of(arguments)).toList())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("TOKEN", "a-token");
        Process process = builder.start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        assertThat(ended).as("it ends; so far: %s", Files.readString(output)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        return Files.readString(output);
    }

    private static void require(String program) {
        boolean found = List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
        if (!found && Boolean.parseBoolean(System.getenv("CI"))) {
            throw new AssertionError(program + " is not on the PATH; install it");
        }
        Assumptions.assumeTrue(found, "the example was not tried: " + program + " is not on the PATH");
    }

    @Test
    void curlSpeaksHttp() throws IOException, InterruptedException {
        require("curl");
        Endpoint endpoint = WebSocketEndpoint.create(LOOPS, WireFixture.OPTIONS, ALICE);
        router.attach(endpoint);
        String script =
                example("bash", 0).replace(":8081", ":" + endpoint.address().getPort());

        run("bash", "-eu", "-c", script);
        assertThat(Files.readString(folder.resolve("events.txt")))
                .contains("\"type\":\"ok\",\"id\":\"1\"")
                .contains("\"from\":\"client:alice\",\"text\":\"hello\"");
        assertThat(router.sessions()).isEmpty();
    }

    @Test
    void pythonSpeaksTcp() throws IOException, InterruptedException {
        Endpoint endpoint = TcpEndpoint.create(
                LOOPS,
                new TcpOptions(WireFixture.OPTIONS.listener(), TcpOptions.Framing.LINES),
                ALICE,
                ConnectionListener.NONE);
        router.attach(endpoint);
        router.add("clock", Logic.dispatched((message, context) -> context.reply(message, Payload.text("noon"))));
        String script = example("python", 0)
                .replace("8082", String.valueOf(endpoint.address().getPort()));

        assertThat(run("python3", "-c", script).lines()).startsWith("welcome", "noon");
    }

    @Test
    void curlSpeaksOverAUnixSocket() throws IOException, InterruptedException {
        Path file = folder.resolve("clients.sock");
        ListenerOptions.Place socket =
                new ListenerOptions.UnixSocket(file, PosixFilePermissions.fromString("rw-------"));
        router.attach(WebSocketEndpoint.create(LOOPS, WireFixture.OPTIONS.listening(on -> on.at(socket)), ALICE));
        String script = example("bash", 1).replace("/run/signalbox/clients.sock", file.toString());

        assertThat(run("bash", "-eu", "-c", script)).contains("{");
    }

    @Test
    void pythonSpeaksUdp() throws IOException, InterruptedException {
        Endpoint endpoint = UdpEndpoint.create(
                LOOPS, UdpOptions.on(WireFixture.OPTIONS.listener()), ALICE, ConnectionListener.NONE);
        router.attach(endpoint);
        router.add("clock", Logic.dispatched((message, context) -> context.reply(message, Payload.text("noon"))));
        String script = example("python", 1)
                .replace("8084", String.valueOf(endpoint.address().getPort()));

        assertThat(run("python3", "-c", script).lines()).startsWith("welcome", "noon");
    }
}
