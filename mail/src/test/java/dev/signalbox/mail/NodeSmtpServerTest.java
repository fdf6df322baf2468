package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.signalbox.mail.OAuthTokens.AccessToken;
import jakarta.mail.Multipart;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversations with smtp-server from npm: XOAUTH2, TLS from the first byte, PIPELINING without BDAT. */
class NodeSmtpServerTest {
    private static final Path MODULES =
            Path.of("..", ".signalbox", "smtp-server", "node_modules").toAbsolutePath();
    private static final String TOKEN = "the-new-token";

    private static @Nullable Process node;
    private static @Nullable BufferedReader output;
    private static Path folder = Path.of("");
    private static int starttls;
    private static int tls;

    @BeforeAll
    static void start(@TempDir Path given) throws Exception {
        folder = given;
        if (System.getenv("CI") == null) {
            assumeThat(MODULES.resolve("smtp-server"))
                    .as("to run this test: npm install --prefix .signalbox/smtp-server smtp-server")
                    .isDirectory();
        }
        assertThat(MODULES.resolve("smtp-server"))
                .as("smtp-server, which .ci/run installs")
                .isDirectory();
        Certificates.forNames(folder, "server", "ip:127.0.0.1").writeForServers(folder);
        var start = new ProcessBuilder(
                "node",
                script().toString(),
                folder.resolve("server-chain.pem").toString(),
                folder.resolve("server-key.pem").toString(),
                TOKEN);
        start.environment().put("NODE_PATH", MODULES.toString());
        node = start.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        output = node.inputReader();
        String[] ports = line().replaceAll("[\\[\\]]", "").split(",", -1);
        starttls = Integer.parseInt(ports[0]);
        tls = Integer.parseInt(ports[1]);
    }

    private static Path script() throws IOException {
        try (var in = Objects.requireNonNull(NodeSmtpServerTest.class.getResourceAsStream("/smtp-server/server.cjs"))) {
            return Files.write(folder.resolve("server.cjs"), in.readAllBytes());
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        var process = node;
        if (process != null) {
            process.destroy();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    void logsInWithAFreshTokenAfterTheOldOneWasRefused() throws Exception {
        List<String> tokens = new ArrayList<>(List.of("revoked", TOKEN));
        try (var sender = sender(
                tls,
                Encryption.TLS,
                () -> new AccessToken(tokens.removeFirst(), Instant.now().plusSeconds(3600)))) {
            assertThat(sender.send(message().to("alice@example.com").text("x").build())
                            .isComplete())
                    .isTrue();
        }
        String taken = line();
        assertThat(tokens).isEmpty();
        assertThat(field(taken, "user")).isEqualTo("tim@example.com");
        assertThat(taken).contains("\"secure\":true");
    }

    @Test
    void aTokenThatIsNoneMayBeTriedAgainLater() {
        try (var sender = sender(tls, Encryption.TLS, () -> token("wrong"))) {
            var message = message().to("alice@example.com").text("x").build();
            assertThatThrownBy(() -> sender.send(message))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("535")
                    .message()
                    .doesNotContain("wrong");
        }
    }

    @Test
    void servesTheRestAndThoseWhoWereGreylistedWhenTheyComeAgain() throws Exception {
        try (var sender = sender(starttls, Encryption.STARTTLS, () -> token(TOKEN))) {
            var result = sender.send(message()
                    .to("gone@example.com", "alice@müller.de", "grey@example.com")
                    .text(".\n..\n")
                    .build());
            assertThat(result.accepted()).extracting(MailAddress::local).containsExactly("alice");
            assertThat(result.refused()).extracting(Refusal::permanent).containsExactly(true, false);
            String first = line();
            assertThat(first).contains("\"to\":[\"alice@").doesNotContain("gone");
            assertThat(((String) parsed(first).getContent()).strip()).isEqualTo(".\r\n..");
            assertThat(sender.send(message().to("grey@example.com").text("x").build())
                            .isComplete())
                    .isTrue();
            assertThat(line()).contains("grey@example.com");
        }
    }

    @Test
    void aFileComesThroughWithItsNameAndOneThatIsTooLargeIsRejected() throws Exception {
        byte[] random = new byte[1_000_000];
        new Random(3).nextBytes(random);
        var file = Attachment.of("Übersicht.bin", "application/octet-stream", random);
        try (var sender = sender(starttls, Encryption.STARTTLS, () -> token(TOKEN))) {
            sender.send(message().to("jörg@example.com").text("x").attach(file).build());
            var part = ((Multipart) parsed(line()).getContent()).getBodyPart(1);
            assertThat(part.getInputStream().readAllBytes()).isEqualTo(random);
            assertThat(part.getFileName()).isEqualTo("Übersicht.bin");
            var tooLarge =
                    message().to("a@example.com").attach(file, file, file).build();
            assertThatThrownBy(() -> sender.send(tooLarge)).isInstanceOf(MailException.Rejected.class);
        }
    }

    private static AccessToken token(String value) {
        return new AccessToken(value, Instant.now().plusSeconds(3600));
    }

    private static SmtpSender sender(int port, Encryption encryption, OAuthTokens tokens) {
        return new SmtpSender(SmtpOptions.to("127.0.0.1")
                .port(port)
                .encryption(encryption)
                .caFile(folder.resolve("server.pem"))
                .auth(new SmtpAuth.XOAuth2("tim@example.com", tokens))
                .build());
    }

    private static MailMessage.Builder message() {
        return MailMessage.builder().from("me@example.org");
    }

    /** The next that the server printed: its ports, or a message that it took. */
    private static String line() throws IOException {
        return Objects.requireNonNull(Objects.requireNonNull(output).readLine(), "smtp-server has ended");
    }

    private static String field(String json, String name) {
        var found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        assertThat(found.find()).as(json).isTrue();
        return found.group(1);
    }

    private static MimeMessage parsed(String taken) throws Exception {
        var properties = new Properties();
        properties.setProperty("mail.mime.allowutf8", "true");
        properties.setProperty("mail.mime.decodefilename", "true");
        byte[] raw = Base64.getDecoder().decode(field(taken, "message"));
        return new MimeMessage(Session.getInstance(properties), new ByteArrayInputStream(raw));
    }
}
