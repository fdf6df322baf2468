package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmtpTlsTest {
    private static final MailMessage MESSAGE =
            MailMessage.builder().to("alice@example.com").text("x").build();
    private static Certificates right;
    private static Certificates ofAnotherHost;
    private static Certificates expired;

    @BeforeAll
    static void make(@TempDir Path folder) throws Exception {
        right = Certificates.forNames(folder, "right", "ip:127.0.0.1");
        ofAnotherHost = Certificates.forNames(folder, "other", "dns:mail.example.org");
        expired = Certificates.expired(folder, "ip:127.0.0.1");
    }

    @Test
    void sendsOverStarttlsAndAsksAgainWhatTheServerCan() {
        try (var server = server(right, false, "STARTTLS", "PIPELINING", "CHUNKING");
                var sender = sender(server, right, Encryption.STARTTLS)) {
            assertThat(sender.send(MESSAGE).isComplete()).isTrue();
            assertThat(server.commands("EHLO")).hasSize(2);
            assertThat(server.commands().indexOf("STARTTLS")).isEqualTo(1);
        }
    }

    @Test
    void sendsOverTlsFromTheFirstByte() {
        try (var server = server(right, true, "PIPELINING");
                var sender = sender(server, right, Encryption.TLS)) {
            assertThat(sender.send(MESSAGE).isComplete()).isTrue();
            assertThat(sender.send(MESSAGE).isComplete()).isTrue();
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void sendsNothingWithoutTheEncryptionThatIsRequired() {
        try (var server = new ScriptedSmtp("PIPELINING");
                var sender = sender(server, right, Encryption.STARTTLS)) {
            assertThatThrownBy(() -> sender.send(MESSAGE))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("does not offer STARTTLS");
            assertThat(server.commands("MAIL")).isEmpty();
        }
        try (var server = new ScriptedSmtp("STARTTLS").on("STARTTLS", "454 4.7.0 not now");
                var sender = sender(server, right, Encryption.STARTTLS)) {
            assertThatThrownBy(() -> sender.send(MESSAGE))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("454");
            assertThat(server.commands("MAIL")).isEmpty();
        }
    }

    @Test
    void goesWithoutWhereItIsOnlyWishedFor() {
        try (var server = new ScriptedSmtp("PIPELINING");
                var sender = sender(server, right, Encryption.STARTTLS_IF_OFFERED)) {
            assertThat(sender.send(MESSAGE).isComplete()).isTrue();
        }
        try (var server = server(right, false, "STARTTLS");
                var sender = sender(server, right, Encryption.STARTTLS_IF_OFFERED)) {
            assertThat(sender.send(MESSAGE).isComplete()).isTrue();
            assertThat(server.commands()).contains("STARTTLS");
        }
    }

    /** What somebody in between adds to the plain text must not be read as if it had come encrypted. */
    @Test
    void bytesAfterTheReplyToStarttlsEndTheConnection() {
        try (var server = server(right, false, "STARTTLS").on("STARTTLS", "220 go\r\n250-injected\r\n250 AUTH PLAIN");
                var sender = sender(server, right, Encryption.STARTTLS)) {
            assertThatThrownBy(() -> sender.send(MESSAGE))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("before encryption");
            assertThat(server.commands("MAIL")).isEmpty();
        }
    }

    @Test
    void refusesAStrangersCertificate() {
        try (var server = server(right, false, "STARTTLS");
                var sender = new SmtpSender(
                        server.options().encryption(Encryption.STARTTLS).build())) {
            assertThatThrownBy(() -> sender.send(MESSAGE))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("certif");
        }
    }

    @Test
    void refusesATrustedCertificateOfAnotherHostOrOfThePast() {
        try (var server = server(ofAnotherHost, true);
                var sender = sender(server, ofAnotherHost, Encryption.TLS)) {
            assertThatThrownBy(() -> sender.send(MESSAGE))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("127.0.0.1");
        }
        try (var server = server(expired, true);
                var sender = sender(server, expired, Encryption.TLS)) {
            assertThatThrownBy(() -> sender.send(MESSAGE))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("TLS");
        }
    }

    @Test
    void acceptsAnyCertificateOnlyWhenToldTo() {
        try (var server = server(ofAnotherHost, true);
                var sender = new SmtpSender(server.options()
                        .encryption(Encryption.TLS)
                        .withoutVerification()
                        .build())) {
            assertThat(sender.send(MESSAGE).isComplete()).isTrue();
        }
    }

    private static ScriptedSmtp server(Certificates shown, boolean implicit, String... capabilities) {
        return new ScriptedSmtp(Optional.of(shown.context()), implicit, capabilities);
    }

    private static SmtpSender sender(ScriptedSmtp server, Certificates trusted, Encryption encryption) {
        return new SmtpSender(
                server.options().encryption(encryption).caFile(trusted.pem()).build());
    }
}
