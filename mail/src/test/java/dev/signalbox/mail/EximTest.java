package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testing.services.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversations with Exim: STARTTLS, a login, PIPELINING, BDAT, SMTPUTF8, recipients refused for now and for good. */
class EximTest {
    private static final Path EXIM = Path.of("/usr/sbin/exim4");

    @TempDir
    private Path folder;

    private int port;
    private @Nullable Process exim;

    @BeforeEach
    void start() throws Exception {
        if (System.getenv("CI") == null) {
            assumeThat(EXIM)
                    .as("to run this test: apt install exim4-daemon-light")
                    .isExecutable();
        }
        assertThat(EXIM).as("Exim, which .ci/run installs").isExecutable();
        port = FreePort.find();
        Certificates.forNames(folder, "server", "ip:127.0.0.1").writeForServers(folder);
        giveToItsUser();
        var config = Files.writeString(folder.resolve("exim.conf"), config());
        exim = new ProcessBuilder(EXIM.toString(), "-C", config.toString(), "-bdf")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        await().atMost(Duration.ofSeconds(60)).until(this::listens);
    }

    private String config() throws IOException {
        try (var in = Objects.requireNonNull(EximTest.class.getResourceAsStream("/exim/exim.conf"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("FOLDER", folder.toString())
                    .replace("PORT", Integer.toString(port));
        }
    }

    /** Started by root, it becomes the user Debian-exim, but wants its configuration to stay root's. */
    private void giveToItsUser() throws IOException, InterruptedException {
        if (System.getProperty("user.name").equals("root")) {
            var chown = new ProcessBuilder("chown", "-R", "Debian-exim:", folder.toString()).inheritIO();
            assertThat(chown.start().waitFor()).isZero();
        }
    }

    private boolean listens() throws IOException {
        var process = Objects.requireNonNull(exim);
        assertThat(process.isAlive())
                .as(() -> "Exim ended: " + folder.resolve("output"))
                .isTrue();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        var process = exim;
        if (process != null) {
            process.destroy();
            process.waitFor();
        }
    }

    @Test
    void servesTheRestWhenSomeAreRefused() {
        try (var sender = sender("secret")) {
            var result = sender.send(message()
                    .to("alice@example.com", "gone@example.com", "grey@example.com")
                    .bcc("bob@müller.de")
                    .html("<p>Hello")
                    .build());
            assertThat(result.accepted()).extracting(MailAddress::local).containsExactly("alice", "bob");
            assertThat(result.refused()).extracting(Refusal::permanent).containsExactly(true, false);
            assertThat(result.reply()).contains("OK id=");
        }
    }

    @Test
    void takesALocalPartBeyondAscii() {
        try (var sender = sender("secret")) {
            assertThat(sender.send(message().to("jörg@müller.de").text("x").build())
                            .isComplete())
                    .isTrue();
        }
    }

    @Test
    void takesALargeMessageInChunksAndRefusesOneThatIsTooLarge() throws IOException {
        byte[] random = new byte[10_000_000];
        new Random(1).nextBytes(random);
        var file = Attachment.of(Files.write(folder.resolve("large.bin"), random));
        try (var sender = sender("secret")) {
            assertThat(sender.send(message().to("a@example.com").attach(file).build())
                            .reply())
                    .contains("chunk");
            var tooLarge =
                    message().to("a@example.com").attach(file, file, file, file).build();
            assertThatThrownBy(() -> sender.send(tooLarge)).isInstanceOf(MailException.Rejected.class);
        }
    }

    @Test
    void refusesAWrongPassword() {
        try (var sender = sender("wrong")) {
            assertThatThrownBy(() ->
                            sender.send(message().to("a@example.com").text("x").build()))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("535");
        }
    }

    @Test
    void servesManySendersOverAFewConnections() throws Exception {
        try (var sender = sender("secret");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<MailResult>>();
            for (int i = 0; i < 100; i++) {
                all.add(threads.submit(() ->
                        sender.send(message().to("a@example.com").text("x").build())));
            }
            for (var one : all) {
                assertThat(one.get().isComplete()).isTrue();
            }
        }
    }

    private SmtpSender sender(String password) {
        return new SmtpSender(SmtpOptions.to("127.0.0.1")
                .port(port)
                .caFile(folder.resolve("server.pem"))
                .login("tim", password)
                .pool(SmtpPoolOptions.usual().withConnections(4).withMaxWait(Duration.ofMinutes(1)))
                .build());
    }

    private static MailMessage.Builder message() {
        return MailMessage.builder().from("me@example.org");
    }
}
