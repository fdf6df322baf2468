package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.Message;
import jakarta.mail.Multipart;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A conversation with a server that others wrote. */
class GreenMailTest {
    private final GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    @BeforeEach
    void start() {
        server.start();
        server.setUser("tim@example.com", "tim", "secret");
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    @Test
    void deliversToAllButShowsBccToNobody() throws Exception {
        try (var sender = new SmtpSender(options().build())) {
            sender.send(message()
                    .cc("carol@example.com")
                    .bcc("bob@example.com")
                    .subject("Grüße")
                    .html("<p>Hallo")
                    .build());
        }
        assertThat(server.getReceivedMessages()).hasSize(3).allSatisfy(got -> {
            assertThat(got.getSubject()).isEqualTo("Grüße");
            assertThat(got.getRecipients(Message.RecipientType.BCC)).isNull();
        });
    }

    @Test
    void logsIn() {
        try (var sender = new SmtpSender(
                        options().login("tim", "secret").plaintextAuth().build());
                var wrong = new SmtpSender(
                        options().login("tim", "wrong").plaintextAuth().build())) {
            assertThat(sender.send(message().text("x").build()).isComplete()).isTrue();
            assertThatThrownBy(() -> wrong.send(message().text("x").build()))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("535");
        }
    }

    @Test
    void carriesALargeAttachment() throws Exception {
        byte[] random = new byte[5_000_000];
        new Random(5).nextBytes(random);
        try (var sender = new SmtpSender(options().build())) {
            sender.send(message()
                    .text("x")
                    .attach(Attachment.of(
                            "r.bin", "application/octet-stream", () -> new java.io.ByteArrayInputStream(random)))
                    .build());
        }
        var parts = (Multipart) server.getReceivedMessages()[0].getContent();
        assertThat(parts.getBodyPart(1).getInputStream().readAllBytes()).isEqualTo(random);
    }

    private SmtpOptions.Builder options() {
        return SmtpOptions.to("127.0.0.1").port(server.getSmtp().getPort()).encryption(Encryption.NONE);
    }

    private static MailMessage.Builder message() {
        return MailMessage.builder().from("me@example.org").to("tim@example.com");
    }
}
