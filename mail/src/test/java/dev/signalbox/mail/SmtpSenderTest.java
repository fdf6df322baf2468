package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The conversation with a server that takes everything, or not everyone. */
class SmtpSenderTest {
    private static final String[] MODERN = {"PIPELINING", "8BITMIME", "SMTPUTF8", "CHUNKING", "SIZE 50000000"};

    @Test
    void sendsByChunksWithoutTouchingDots() {
        try (var server = new ScriptedSmtp(MODERN);
                var sender = new SmtpSender(server.options().build())) {
            var result = sender.send(message()
                    .to("alice@example.com")
                    .header("X-Dot", ".")
                    .text("a\n.b\n..c\n")
                    .messageId("m1")
                    .build());
            assertThat(result.accepted()).extracting(MailAddress::address).containsExactly("alice@example.com");
            assertThat(result.isComplete()).isTrue();
            assertThat(result.reply()).contains("4711");
            assertThat(result.messageId()).isEqualTo("m1@example.org");
            assertThat(server.commands("MAIL"))
                    .singleElement()
                    .asString()
                    .matches("MAIL FROM:<me@example.org> SIZE=\\d+");
            assertThat(server.commands("RCPT")).containsExactly("RCPT TO:<alice@example.com>");
            assertThat(server.commands("BDAT")).singleElement().asString().matches("BDAT \\d+ LAST");
            assertThat(server.messages())
                    .singleElement()
                    .asString()
                    .contains("X-Dot: .\r\n")
                    .doesNotContain("\r\n...c");
        }
    }

    @Test
    void sendsByLinesWithDotsDoubledToAnOlderServer() {
        try (var server = new ScriptedSmtp("PIPELINING");
                var sender = new SmtpSender(server.options().build())) {
            sender.send(message()
                    .to("alice@example.com")
                    .text("x")
                    .attach(Attachment.of("dots.txt", "text/plain", "x".getBytes(StandardCharsets.UTF_8)))
                    .build());
            assertThat(server.commands("DATA")).hasSize(1);
            assertThat(server.messages()).singleElement().asString().contains("eA==");
        }
    }

    @Test
    void aTextOfDotsIsEncodedSoThatNoLineBeginsWithOne() {
        var invite = CalendarInvite.of("BEGIN:VCALENDAR\nMETHOD:REQUEST\nX-A:1\nEND:VCALENDAR");
        try (var server = new ScriptedSmtp();
                var sender = new SmtpSender(server.options().build())) {
            sender.send(message()
                    .to("alice@example.com")
                    .text("..\n.\n" + "y".repeat(100))
                    .invite(invite)
                    .build());
            assertThat(server.messages().getFirst()).contains("\r\n=2E").doesNotContain("\r\n.");
            assertThat(server.commands()).contains("DATA");
        }
    }

    @Test
    void dotsAtTheStartOfLinesAreDoubledWhateverTheContent() throws Exception {
        var patience = Duration.ofSeconds(60);
        try (var server = new ScriptedSmtp();
                var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            var wire = new SmtpWire(socket, patience);
            assertThat(wire.reply(patience).code()).isEqualTo(220);
            var envelope =
                    new Envelope(MailAddress.of("me@example.org"), List.of(MailAddress.of("alice@example.com")), false);
            var connection = new SmtpConnection(wire, Capabilities.NONE, SmtpTimeouts.usual());
            var content = MailContent.of(".\r\n..a\r\nb.\r\n.c".getBytes(StandardCharsets.US_ASCII));
            new SmtpTransaction(connection, SmtpTimeouts.usual(), envelope).run(content);
            assertThat(server.messages()).containsExactly("..\r\n...a\r\nb.\r\n..c\r\n");
        }
    }

    @Test
    void talksToAServerThatKnowsNoExtension() {
        try (var server = new ScriptedSmtp().on("EHLO", "502 5.5.1 what?");
                var sender = new SmtpSender(server.options().build())) {
            assertThat(sender.send(message().to("alice@example.com").text("x").build())
                            .isComplete())
                    .isTrue();
            assertThat(server.commands()).contains("HELO [127.0.0.1]", "MAIL FROM:<me@example.org>", "DATA");
        }
    }

    @Test
    void servesTheRestWhenSomeAreRefusedAndReturnsBothLists() {
        for (String[] extensions : new String[][] {{}, {"PIPELINING"}, MODERN}) {
            try (var server = new ScriptedSmtp(extensions)
                            .on("RCPT TO:<gone@", "550 5.1.1 no such user")
                            .on("RCPT TO:<full@", "452 4.2.2 mailbox full");
                    var sender = new SmtpSender(server.options().build())) {
                var result = sender.send(message()
                        .to("gone@example.com", "alice@example.com")
                        .cc("full@example.com")
                        .bcc("bob@example.com")
                        .text("x")
                        .build());
                assertThat(result.accepted()).extracting(MailAddress::local).containsExactly("alice", "bob");
                assertThat(result.refused())
                        .extracting(r -> r.recipient().local())
                        .containsExactly("gone", "full");
                assertThat(result.refused()).extracting(Refusal::permanent).containsExactly(true, false);
                assertThat(result.refused().getFirst().reply().orElseThrow().enhanced())
                        .contains("5.1.1");
                assertThat(server.messages()).hasSize(1);
            }
        }
    }

    @Test
    void whoAreTooManyForOneTransactionComeInTheNext() {
        try (var server = new ScriptedSmtp("PIPELINING")
                        .on("RCPT", "250 ok", "250 ok", "452 4.5.3 too many", "452 too many", "250 ok");
                var sender = new SmtpSender(server.options().build())) {
            var result = sender.send(message()
                    .to("a@x.example", "b@x.example", "c@x.example", "d@x.example")
                    .text("x")
                    .build());
            assertThat(result.isComplete()).isTrue();
            assertThat(server.messages()).hasSize(2);
            assertThat(server.messages().get(0)).isEqualTo(server.messages().get(1));
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void splitsMoreRecipientsThanATransactionMayHave() {
        String[] many = IntStream.range(0, 250)
                .mapToObj(i -> "user" + i + "@example.com")
                .toArray(String[]::new);
        try (var server = new ScriptedSmtp(MODERN);
                var sender = new SmtpSender(server.options().build())) {
            assertThat(sender.send(message().bcc(many).text("x").build()).accepted())
                    .hasSize(250);
            assertThat(server.commands("RCPT")).hasSize(250);
            assertThat(server.messages()).hasSize(3);
        }
    }

    @Test
    void nobodyAcceptedIsRejectedOrNotSent() {
        for (String[] extensions : new String[][] {{}, {"PIPELINING"}, MODERN}) {
            try (var server = new ScriptedSmtp(extensions)
                            .on("RCPT", "550 5.1.1 no", "550 5.1.1 no", "550 5.1.1 no", "451 4.7.1 greylisted");
                    var sender = new SmtpSender(server.options().build())) {
                var both =
                        message().to("a@example.com", "b@example.com").text("x").build();
                var rejected = catchThrowableOfType(MailException.Rejected.class, () -> sender.send(both));
                assertThat(rejected.refused()).hasSize(2);
                assertThat(rejected).hasMessageContaining("550 5.1.1 no").hasMessageContaining("127.0.0.1");
                assertThatThrownBy(() -> sender.send(both)).isInstanceOf(MailException.NotSent.class);
                assertThat(server.messages().stream().filter(m -> !m.isEmpty())).isEmpty();
                assertThat(server.connections()).isEqualTo(1);
            }
        }
    }

    @Test
    void theSendersReplyDecidesBeforeAnyRecipients() {
        try (var server = new ScriptedSmtp("PIPELINING")
                        .on("MAIL", "550 5.7.1 not you", "451 4.3.0 later", "530 5.7.0 login first")
                        .on("RCPT", "503 no sender", "503 no sender", "503 no sender")
                        .on("DATA", "503 no sender", "503 no sender", "503 no sender");
                var sender = new SmtpSender(server.options().build())) {
            var one = message().to("a@example.com").text("x").build();
            assertThatThrownBy(() -> sender.send(one))
                    .isInstanceOf(MailException.Rejected.class)
                    .hasMessageContaining("550 5.7.1 not you");
            assertThatThrownBy(() -> sender.send(one))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("451 4.3.0 later");
            assertThatThrownBy(() -> sender.send(one))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("530");
        }
    }

    @Test
    void anUnsentPasswordIsAMatterOfConfiguration() {
        try (var server = new ScriptedSmtp().on("MAIL", "530 5.7.0 login first");
                var sender = new SmtpSender(server.options().build())) {
            assertThatThrownBy(() ->
                            sender.send(message().to("a@example.com").text("x").build()))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("530");
        }
    }

    @Test
    void onlyALocalPartBringsSmtputf8() {
        try (var server = new ScriptedSmtp(MODERN);
                var sender = new SmtpSender(server.options().build())) {
            sender.send(message()
                    .to("Jörg <joerg@müller.de>")
                    .subject("Grüße")
                    .text("x")
                    .build());
            sender.send(message().to("jörg@müller.de").text("x").build());
            assertThat(server.commands("MAIL").get(0)).doesNotContain("UTF8");
            assertThat(server.commands("MAIL").get(1)).endsWith("BODY=8BITMIME SMTPUTF8");
            assertThat(server.commands("RCPT").get(0)).isEqualTo("RCPT TO:<joerg@xn--mller-kva.de>");
            assertThat(new String(
                            server.commands("RCPT").get(1).getBytes(StandardCharsets.ISO_8859_1),
                            StandardCharsets.UTF_8))
                    .isEqualTo("RCPT TO:<jörg@xn--mller-kva.de>");
            assertThat(server.messages().get(1)).contains("To: jörg@xn--mller-kva.de\r\n");
        }
    }

    @Test
    void aServerWithoutSmtputf8IsNotAskedToCarrySuchALocalPart() {
        try (var server = new ScriptedSmtp("PIPELINING");
                var sender = new SmtpSender(server.options().build())) {
            assertThatThrownBy(() -> sender.send(
                            message().to("jörg@example.com").text("x").build()))
                    .isInstanceOf(MailException.Rejected.class)
                    .hasMessageContaining("SMTPUTF8");
            assertThat(server.commands("MAIL")).isEmpty();
            assertThat(sender.send(message().to("joerg@example.com").text("x").build())
                            .isComplete())
                    .isTrue();
        }
    }

    @Test
    void whatIsLargerThanTheServerTakesIsRejectedBeforeAndWhileItIsSent() {
        try (var server = new ScriptedSmtp("PIPELINING", "CHUNKING", "SIZE 10000");
                var sender = new SmtpSender(server.options().build())) {
            var inMemory =
                    message().to("a@example.com").text("x".repeat(20_000)).build();
            assertThatThrownBy(() -> sender.send(inMemory))
                    .isInstanceOf(MailException.Rejected.class)
                    .hasMessageContaining("10000");
            assertThat(server.commands("MAIL")).isEmpty();
            var streamed = message()
                    .to("a@example.com")
                    .text("x")
                    .attach(Attachment.of(
                            "z.bin",
                            "application/octet-stream",
                            () -> new java.io.ByteArrayInputStream(new byte[500_000])))
                    .build();
            assertThatThrownBy(() -> sender.send(streamed))
                    .isInstanceOf(MailException.Rejected.class)
                    .hasMessageContaining("10000");
            assertThat(server.messages()).isEmpty();
        }
    }

    @Test
    void streamsALargeAttachmentInChunksAndByLines() {
        byte[] random = new byte[3_000_000];
        new Random(3).nextBytes(random);
        for (String[] extensions : new String[][] {{}, {"CHUNKING"}, MODERN}) {
            try (var server = new ScriptedSmtp(extensions);
                    var sender = new SmtpSender(server.options().build())) {
                var message = message()
                        .to("a@example.com")
                        .text("x")
                        .attach(Attachment.of(
                                "r.bin", "application/octet-stream", () -> new java.io.ByteArrayInputStream(random)))
                        .build();
                assertThat(sender.send(message).isComplete()).isTrue();
                assertThat(server.messages().getFirst()).isEqualTo(new String(bytes(message), StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void aRefusedChunkEndsTheMessage() {
        try (var server = new ScriptedSmtp(MODERN).on("CHUNK", "552 5.3.4 enough");
                var sender = new SmtpSender(server.options().build())) {
            var message = message()
                    .to("a@example.com")
                    .text("x")
                    .attach(Attachment.of(
                            "r.bin",
                            "application/octet-stream",
                            () -> new java.io.ByteArrayInputStream(new byte[3_000_000])))
                    .build();
            assertThatThrownBy(() -> sender.send(message))
                    .isInstanceOf(MailException.Rejected.class)
                    .hasMessageContaining("552");
        }
    }

    @Test
    void anAttachmentThatCannotBeReadLeavesNothingBehind() {
        try (var server = new ScriptedSmtp(MODERN);
                var sender = new SmtpSender(server.options().build())) {
            var broken = message()
                    .to("a@example.com")
                    .text("x")
                    .attach(Attachment.of("a.bin", "application/octet-stream", () -> {
                        throw new java.io.IOException("disk gone");
                    }))
                    .build();
            assertThatThrownBy(() -> sender.send(broken))
                    .isInstanceOf(MailException.NotSent.class)
                    .hasMessageContaining("disk gone");
            assertThat(server.messages()).isEmpty();
            assertThat(sender.send(message().to("a@example.com").text("x").build())
                            .isComplete())
                    .isTrue();
        }
    }

    @Test
    void aMessageWithoutFromNeedsASenderThatHasOne() {
        try (var server = new ScriptedSmtp();
                var with = new SmtpSender(server.options().build());
                var without = new SmtpSender(SmtpOptions.to("127.0.0.1")
                        .port(server.port())
                        .encryption(Encryption.NONE)
                        .build())) {
            var message = MailMessage.builder().to("a@example.com").text("x").build();
            assertThat(with.send(message).messageId()).endsWith("@example.org");
            assertThat(server.messages().getFirst()).contains("From: me@example.org\r\n");
            assertThatThrownBy(() -> without.send(message)).hasMessageContaining("no from");
        }
    }

    private static byte[] bytes(MailMessage message) {
        try {
            var out = new java.io.ByteArrayOutputStream();
            MimeMessage.of(message).writeTo(out);
            return out.toByteArray();
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static MailMessage.Builder message() {
        return MailMessage.builder().from("me@example.org");
    }
}
