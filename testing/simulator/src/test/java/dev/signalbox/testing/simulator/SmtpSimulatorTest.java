package dev.signalbox.testing.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.mail.Attachment;
import dev.signalbox.mail.Encryption;
import dev.signalbox.mail.MailException;
import dev.signalbox.mail.MailMessage;
import dev.signalbox.mail.SmtpOptions;
import dev.signalbox.mail.SmtpSender;
import dev.signalbox.mail.SmtpTimeouts;
import dev.signalbox.testing.simulator.Behaviour.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** With the client of the module mail. */
class SmtpSimulatorTest {
    private static final MailMessage MESSAGE = MailMessage.builder()
            .from("me@example.org")
            .to("alice@example.com")
            .bcc("bob@example.com")
            .subject("Hello")
            .text("x\n.\n")
            .messageId("m1")
            .build();

    @Test
    void keepsWhatItAccepts() {
        try (var server = SmtpSimulator.start(SmtpSimulatorOptions.defaults());
                var sender = sender(server)) {
            assertThat(sender.send(MESSAGE).isComplete()).isTrue();
            var message = server.messages(10).getFirst();
            assertThat(message.from()).isEqualTo("me@example.org");
            assertThat(message.recipients()).containsExactly("alice@example.com", "bob@example.com");
            assertThat(message.header("subject")).contains("Hello");
            assertThat(message.header("Bcc")).isEmpty();
            assertThat(message.text()).contains("Message-ID: <m1@example.org>");
            assertThat(server.stats()).isEqualTo(new SmtpSimulatorStats(1, 1, 2, 0, 0, 0));
        }
    }

    @Test
    void countsRepeatsAndForgets() {
        try (var server = SmtpSimulator.start(SmtpSimulatorOptions.defaults().withLimit(1));
                var sender = sender(server)) {
            sender.send(MESSAGE);
            sender.send(MESSAGE);
            assertThat(server.stats().duplicates()).isEqualTo(1);
            assertThat(server.messages(10)).hasSize(1);
            server.reset();
            assertThat(server.stats().accepted()).isZero();
            assertThat(server.messages(10)).isEmpty();
        }
    }

    @Test
    void refusesRecipientsItIsToldTo() {
        var behaviour = Behaviour.perfect().withRefused(Set.of("bob@example.com"));
        try (var server = SmtpSimulator.start(SmtpSimulatorOptions.defaults().withBehaviour(behaviour));
                var sender = sender(server)) {
            var result = sender.send(MESSAGE);
            assertThat(result.refused()).hasSize(1);
            assertThat(server.messages(1).getFirst().recipients()).containsExactly("alice@example.com");
            assertThat(server.stats().refusedRecipients()).isEqualTo(1);
        }
    }

    @Test
    void failsBeforeOrAfterItAccepts() {
        for (var fault : Fault.values()) {
            var behaviour = Behaviour.perfect().withFault(fault, 1);
            try (var server =
                            SmtpSimulator.start(SmtpSimulatorOptions.defaults().withBehaviour(behaviour));
                    var sender = sender(server, fault == Fault.HANG ? 1 : 60)) {
                boolean before = List.of(Fault.SERVER_ERROR, Fault.TOO_MANY).contains(fault);
                assertThatThrownBy(() -> sender.send(MESSAGE))
                        .isInstanceOf(before ? MailException.NotSent.class : MailException.Unknown.class);
                assertThat(server.stats().accepted()).isEqualTo(before ? 0 : 1);
                assertThat(server.stats().faults()).isEqualTo(1);
            }
        }
    }

    @Test
    void refusesWhatIsTooLargeAndGoesOn() {
        try (var server = SmtpSimulator.start(SmtpSimulatorOptions.defaults().withLargest(2_000));
                var sender = sender(server)) {
            var large = MailMessage.builder()
                    .from("me@example.org")
                    .to("alice@example.com")
                    .text("x")
                    .attach(Attachment.of("a.bin", "application/octet-stream", new byte[10_000]))
                    .build();
            assertThatThrownBy(() -> sender.send(large)).isInstanceOf(MailException.Rejected.class);
            assertThat(sender.send(MESSAGE).isComplete()).isTrue();
        }
    }

    private static SmtpSender sender(SmtpSimulator server) {
        return sender(server, 60);
    }

    private static SmtpSender sender(SmtpSimulator server, int content) {
        return new SmtpSender(SmtpOptions.to("127.0.0.1")
                .port(server.port())
                .encryption(Encryption.NONE)
                .login("anyone", "anything")
                .plaintextAuth()
                .timeouts(SmtpTimeouts.usual().withContent(Duration.ofSeconds(content)))
                .build());
    }
}
