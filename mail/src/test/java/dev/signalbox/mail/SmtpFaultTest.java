package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.testing.services.FreePort;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong on the way, and what then is known of the message. */
class SmtpFaultTest {
    private static final MailMessage MESSAGE =
            MailMessage.builder().to("alice@example.com").text("x").build();
    private static final SmtpTimeouts SHORT = SmtpTimeouts.usual()
            .withReply(Duration.ofMillis(300))
            .withContent(Duration.ofMillis(300))
            .withWrite(Duration.ofMillis(300));

    /** Short only where time has to run out, so that a busy machine changes no outcome. */
    private static SmtpTimeouts timeouts(String what) {
        return what.equals(ScriptedSmtp.HANG) ? SHORT.withContent(Duration.ofSeconds(2)) : SmtpTimeouts.usual();
    }

    @ParameterizedTest
    @CsvSource({
        "GREETING, 421 4.3.2 busy",
        "GREETING, 554 no service",
        "GREETING, (close)",
        "GREETING, (hang)",
        "GREETING, SSH-2.0-x",
        "EHLO, (close)",
        "MAIL, 421 4.7.0 closing",
        "MAIL, (close)",
        "MAIL, (hang)",
        "RCPT, (close)",
        "RCPT, 421 closing",
        "DATA, (close)",
        "DATA, 421 closing",
        "DATA, 451 later",
        "CONTENT, 451 4.3.0 later",
        "CONTENT, 421 closing",
        "CONTENT, 452 disk full",
        "RCPT, 451 greylisted"
    })
    void isNotSentAndMayBeTriedAgain(String where, String what) {
        try (var server = new ScriptedSmtp().on(where, what);
                var sender =
                        new SmtpSender(server.options().timeouts(timeouts(what)).build())) {
            assertThatThrownBy(() -> sender.send(MESSAGE))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("127.0.0.1:" + server.port());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"(close)", "(hang)", "what?", "354 more"})
    void lostAfterTheContentIsUnknownAndNotRepeated(String what) {
        for (String[] extensions : new String[][] {{}, {"PIPELINING"}, {"PIPELINING", "CHUNKING"}}) {
            try (var server = new ScriptedSmtp(extensions).on("CONTENT", "250 ok", what);
                    var sender = new SmtpSender(
                            server.options().timeouts(timeouts(what)).build())) {
                sender.send(MESSAGE);
                assertThatThrownBy(() -> sender.send(MESSAGE)).isInstanceOf(MailException.Unknown.class);
                assertThat(server.messages()).hasSize(2);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "CONTENT, 554 5.6.0 spam",
        "CONTENT, 552 5.3.4 too big",
        "RCPT, 550 5.1.1 unknown",
        "MAIL, 553 5.1.8 bad sender",
        "DATA, 554 no valid recipients"
    })
    void isRejectedForGood(String where, String what) {
        try (var server = new ScriptedSmtp().on(where, what);
                var sender = new SmtpSender(server.options().build())) {
            assertThatThrownBy(() -> sender.send(MESSAGE))
                    .isInstanceOf(MailException.Rejected.class)
                    .hasMessageContaining(what);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"421 4.4.2 idle for too long", "(close)"})
    void aKeptConnectionThatTheServerGaveUpIsReplaced(String farewell) {
        for (String[] extensions : new String[][] {{}, {"PIPELINING", "CHUNKING"}}) {
            try (var server = new ScriptedSmtp(extensions).on("MAIL", "250 ok", farewell, "250 ok");
                    var sender = new SmtpSender(server.options().build())) {
                sender.send(MESSAGE);
                assertThat(sender.send(MESSAGE).isComplete()).isTrue();
                assertThat(server.connections()).isEqualTo(2);
                assertThat(server.messages()).hasSize(2);
            }
        }
    }

    @Test
    void aServerThatRestartsLosesNothing() {
        try (var server = new ScriptedSmtp("PIPELINING", "CHUNKING");
                var sender = new SmtpSender(server.options().build())) {
            sender.send(MESSAGE);
            server.cutAll();
            assertThat(sender.send(MESSAGE).isComplete()).isTrue();
            assertThat(server.messages()).hasSize(2);
        }
    }

    @Test
    void anIdleConnectionThatIsHalfClosedIsReplaced() {
        for (String[] extensions : new String[][] {{}, {"PIPELINING", "CHUNKING"}}) {
            try (var server = new ScriptedSmtp(extensions);
                    var sender = new SmtpSender(server.options().build())) {
                sender.send(MESSAGE);
                server.halfCloseAll();
                assertThat(sender.send(MESSAGE).isComplete()).isTrue();
                assertThat(server.connections()).isEqualTo(2);
                assertThat(server.messages()).hasSize(2);
            }
        }
    }

    @Test
    void aServerThatReadsNoContentIsLeftInTime() {
        var large = MailMessage.builder()
                .to("alice@example.com")
                .text("x")
                .attach(Attachment.of(
                        "z.bin", "application/octet-stream", () -> new ByteArrayInputStream(new byte[40_000_000])))
                .build();
        for (String[] extensions : new String[][] {{}, {"PIPELINING", "CHUNKING"}}) {
            try (var server = new ScriptedSmtp(extensions).readsNoContent();
                    var sender = new SmtpSender(server.options().timeouts(SHORT).build())) {
                assertThatThrownBy(() -> sender.send(large)).isInstanceOf(MailException.NotSent.class);
            }
        }
    }

    @Test
    void aServerThatNeverAnswersTheConnectionIsLeftInTime() throws IOException {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var options = SmtpOptions.to("127.0.0.1")
                    .port(silent.getLocalPort())
                    .encryption(Encryption.TLS)
                    .from("me@example.org")
                    .timeouts(SHORT.withConnect(Duration.ofMillis(300)))
                    .build();
            try (var sender = new SmtpSender(options)) {
                assertThatThrownBy(() -> sender.send(MESSAGE))
                        .isInstanceOf(MailException.NotSent.class)
                        .hasMessageContaining("TLS");
            }
        }
    }

    @Test
    void saysWhereNobodyListens() {
        int port = FreePort.find();
        try (var sender = new SmtpSender(
                SmtpOptions.to("127.0.0.1").port(port).from("me@example.org").build())) {
            assertThatThrownBy(() -> sender.send(MESSAGE))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("127.0.0.1:" + port);
        }
    }

    @Test
    void anEndlessReplyIsBounded() {
        String endless = "220-hello\r\n".repeat(1_000) + "220 at last";
        try (var server = new ScriptedSmtp().on("GREETING", endless);
                var sender = new SmtpSender(server.options().build())) {
            assertThatThrownBy(() -> sender.send(MESSAGE))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("lines");
        }
        try (var server = new ScriptedSmtp().on("GREETING", "220 " + "x".repeat(100_000));
                var sender = new SmtpSender(server.options().build())) {
            assertThatThrownBy(() -> sender.send(MESSAGE))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("characters");
        }
    }

    @Test
    void whoWasRefusedBeforeTheContentIsNotUnconfirmed() {
        try (var server = new ScriptedSmtp("PIPELINING")
                        .on("RCPT TO:<gone@", "550 5.1.1 no such user")
                        .on("CONTENT", ScriptedSmtp.CLOSE);
                var sender = new SmtpSender(server.options().build())) {
            var message = MailMessage.builder()
                    .to("gone@example.com", "b@example.com")
                    .text("x")
                    .build();
            assertThatThrownBy(() -> sender.send(message))
                    .isInstanceOfSatisfying(
                            MailException.Unknown.class,
                            e -> assertThat(e.refused())
                                    .extracting(refusal -> refusal.recipient().local())
                                    .containsExactly("gone"));
        }
    }

    @Test
    void partOfTheRecipientsMayBeUnconfirmed() {
        try (var server = new ScriptedSmtp("PIPELINING").on("CONTENT", "250 ok", ScriptedSmtp.CLOSE);
                var sender = new SmtpSender(server.options().recipients(1).build())) {
            var result = sender.send(MailMessage.builder()
                    .to("a@example.com", "b@example.com")
                    .text("x")
                    .build());
            assertThat(result.accepted()).extracting(MailAddress::local).containsExactly("a");
            assertThat(result.unconfirmed()).extracting(MailAddress::local).containsExactly("b");
            assertThat(result.isComplete()).isFalse();
        }
    }

    @Test
    void oneLimitHoldsForAllSteps() {
        for (String where : new String[] {"GREETING", "MAIL", "CONTENT"}) {
            try (var server = new ScriptedSmtp().on(where, ScriptedSmtp.HANG);
                    var sender = new SmtpSender(server.options().build())) {
                assertThatThrownBy(() -> sender.send(MESSAGE, Duration.ofSeconds(2)))
                        .isInstanceOf(
                                where.equals("CONTENT") ? MailException.Unknown.class : MailException.NotSent.class);
            }
        }
    }
}
