package dev.signalbox.server.attachments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.server.Run;
import dev.signalbox.server.TestServer;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.testing.simulator.SmtpSimulator;
import dev.signalbox.testing.simulator.SmtpSimulatorOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server that mails files. */
class ServerAttachmentsTest {
    @TempDir
    static Path folder;

    private static final SmtpSimulator MAIL = SmtpSimulator.start(SmtpSimulatorOptions.defaults());
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = new TestServer(
                folder.resolve("data"),
                "attachments.max-size=1MiB",
                "delivery.email.host=127.0.0.1",
                "delivery.email.port=" + MAIL.port(),
                "delivery.email.encryption=none",
                "delivery.email.from=box@example.org");
    }

    @AfterAll
    static void stop() {
        server.close();
        MAIL.close();
    }

    @Test
    void aFileIsUploadedOnceAndGoesWithMessages() throws Exception {
        byte[] random = new byte[600_000];
        new Random(1).nextBytes(random);
        Path bill = Files.write(folder.resolve("bill.pdf"), random);
        Run saved = server.run("attachment", "save", bill.toString(), "--name", "März.pdf");
        assertThat(saved.exitCode()).as(saved.err()).isZero();
        String id = saved.out().strip();
        assertThat(server.run("attachment", "show", id).out())
                .contains("März.pdf, application/pdf, 600000 bytes, kept until");

        for (String to : new String[] {"email:alice@example.com", "email:bob@example.com"}) {
            Run sent = server.run("send", "--to", to, "--attachment", id, "Your bill");
            assertThat(sent.exitCode()).as(sent.err()).isZero();
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> MAIL.stats().accepted() == 2);
        String base64 = Base64.getEncoder().encodeToString(random);
        assertThat(MAIL.messages(2)).hasSize(2).allSatisfy(message -> {
            assertThat(message.text()).contains("filename*=UTF-8''M%C3%A4rz.pdf");
            assertThat(message.text().replaceAll("\\s", "")).contains(base64);
        });
    }

    @Test
    void whatIsNotThereOrCannotBeIsRefused() throws Exception {
        Path small = Files.write(folder.resolve("small.bin"), new byte[10]);
        Run missing = server.run("send", "--to", "email:a@example.com", "--attachment", new UUID(0, 1).toString(), "x");
        assertThat(missing.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(missing.err()).contains("attachments names " + new UUID(0, 1) + ", which is not there");
        assertThat(server.run("send", "--to", "email:a@example.com", "--attachment", "x", "x")
                        .err())
                .contains("attachments must be 1 to 20 ids");
        assertThat(server.run("attachment", "show", new UUID(0, 1).toString()).err())
                .contains("there is no attachment");
        assertThat(server.run("attachment", "save", small.toString(), "--name", "a/b")
                        .err())
                .contains("name must have 1 to 255 characters");
    }
}
