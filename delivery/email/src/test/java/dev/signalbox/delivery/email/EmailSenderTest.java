package dev.signalbox.delivery.email;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.SendResult.Accepted;
import dev.signalbox.delivery.queue.SendResult.NotSent;
import dev.signalbox.delivery.queue.SendResult.Rejected;
import dev.signalbox.delivery.queue.SendResult.Unknown;
import dev.signalbox.mail.Attachment;
import dev.signalbox.mail.Encryption;
import dev.signalbox.mail.SmtpOptions;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.Behaviour.Fault;
import dev.signalbox.testing.simulator.SmtpSimulator;
import dev.signalbox.testing.simulator.SmtpSimulatorOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the simulated mail server. */
class EmailSenderTest {
    private static final UUID ID = UUID.fromString("019ac0de-0000-7000-8000-000000000001");

    private SmtpSimulator server;
    private EmailSender sender;

    @BeforeEach
    void start() {
        server = SmtpSimulator.start(SmtpSimulatorOptions.defaults());
        sender = new EmailSender(options().from("Signalbox <box@example.org>").build(), EmailOptions.usual());
    }

    @AfterEach
    void stop() {
        sender.close();
        server.close();
    }

    @Test
    void aDeliveryBecomesAMailUnderItsKey() {
        var result =
                sender.send(delivery("alice@example.com", "Your table is ready", Map.of("Subject", "Tisch für zwei")));
        assertThat(((Accepted) result).providerId()).contains(ID + "@example.org");
        var mail = server.messages(1).getFirst();
        assertThat(mail.recipients()).containsExactly("alice@example.com");
        assertThat(mail.header("From")).contains("Signalbox <box@example.org>");
        assertThat(mail.header("Subject")).contains("=?UTF-8?Q?Tisch_f=C3=BCr_zwei?=");
        assertThat(mail.header("Message-ID")).contains("<" + ID + "@example.org>");
        assertThat(mail.text()).contains("Your table is ready");
    }

    @Test
    void attachesTheFilesThatAMessageNames() {
        MailFiles files = id -> switch (id) {
            case "bill" -> Optional.of(Attachment.of("bill.txt", "text/plain", "ten euros".getBytes(UTF_8)));
            case "away" -> throw new IOException("the database is away");
            default -> Optional.empty();
        };
        try (var attaching = new EmailSender(options().from("box@example.org").build(), EmailOptions.usual(), files)) {
            assertThat(attaching.send(delivery("alice@example.com", "Hello", Map.of("Attachments", "bill"))))
                    .isInstanceOf(Accepted.class);
            assertThat(attaching.send(delivery("alice@example.com", "Hello", Map.of("attachments", "bill gone"))))
                    .isEqualTo(new Rejected("it makes no mail: its attachment gone is not there"));
            assertThat(attaching.send(delivery("alice@example.com", "Hello", Map.of("attachments", "bill away"))))
                    .isInstanceOf(NotSent.class);
        }
        assertThat(server.messages(10))
                .singleElement()
                .satisfies(mail -> assertThat(mail.text())
                        .contains("bill.txt", Base64.getEncoder().encodeToString("ten euros".getBytes(UTF_8))));
    }

    @Test
    void knowsAFewHeadersInAnyCase() {
        var headers = Map.of(
                "CONTENT-TYPE",
                "text/html",
                "reply-to",
                "desk@example.org",
                "List-Unsubscribe",
                "https://example.org/u",
                "tenant",
                "7");
        sender.send(delivery("alice@example.com", "<p>Hello</p>", headers));
        var mail = server.messages(1).getFirst();
        assertThat(mail.header("Content-Type").orElseThrow()).startsWith("multipart/alternative");
        assertThat(mail.header("Reply-To")).contains("desk@example.org");
        assertThat(mail.header("List-Unsubscribe-Post")).contains("List-Unsubscribe=One-Click");
        assertThat(mail.header("Subject")).contains("Notification");
        assertThat(mail.text()).doesNotContain("tenant");
    }

    @Test
    void theCallersTraceIsAHeader() {
        String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        sender.send(delivery("alice@example.com", "x", Map.of()).withTraceparent(trace));
        assertThat(server.messages(1).getFirst().header("traceparent")).contains(trace);
    }

    @Test
    void repeatsUnderTheSameMessageId() {
        var delivery = delivery("alice@example.com", "x", Map.of());
        sender.send(delivery);
        sender.send(delivery);
        assertThat(server.stats().duplicates()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"SERVER_ERROR, false", "TOO_MANY, false", "CUT, true", "RUBBISH, true", "HANG, true"})
    void aFaultIsNotSentOrUnknown(Fault fault, boolean unknown) {
        server.behave(Behaviour.perfect().withFault(fault, 1));
        var limit = fault == Fault.HANG ? Duration.ofSeconds(2) : Duration.ofMinutes(1);
        assertThat(sender.send(delivery("alice@example.com", limit)))
                .isInstanceOf(unknown ? Unknown.class : NotSent.class);
    }

    @Test
    void aRefusedRecipientIsRejected() {
        server.behave(Behaviour.perfect().withRefused(Set.of("gone@example.com")));
        SendResult result = sender.send(delivery("gone@example.com", "x", Map.of()));
        assertThat(((Rejected) result).reason()).contains("550 5.1.1");
    }

    @Test
    void whatMakesNoMailIsRejected() {
        assertThat(sender.send(delivery("no address", "x", Map.of()))).isInstanceOf(Rejected.class);
        var unknownType = sender.send(delivery("a@example.com", "x", Map.of("content-type", "text/markdown")));
        assertThat(((Rejected) unknownType).reason()).contains("text/markdown");
        assertThat(server.stats().accepted()).isZero();
    }

    @Test
    void whatMayNotBeginAnyMoreIsNotHandedOver() {
        SendResult result = sender.send(delivery("a@example.com", "x", Map.of()).withPermit(() -> false));
        assertThat(result).isInstanceOf(NotSent.class);
        assertThat(server.stats().accepted()).isZero();
        assertThat(sender.send(delivery("a@example.com", "x", Map.of()))).isInstanceOf(Accepted.class);
    }

    @Test
    void aServerThatIsNotThereIsNotSent() {
        server.close();
        assertThat(sender.send(delivery("a@example.com", "x", Map.of()))).isInstanceOf(NotSent.class);
    }

    @Test
    void needsSomebodyWhomMessagesAreFrom() {
        assertThatThrownBy(() -> new EmailSender(options().build(), EmailOptions.usual()))
                .hasMessageContaining("from");
        assertThatThrownBy(() -> EmailOptions.usual().withTimeout(Duration.ZERO))
                .hasMessageContaining("timeout");
    }

    private SmtpOptions.Builder options() {
        return SmtpOptions.to("127.0.0.1").port(server.port()).encryption(Encryption.NONE);
    }

    private static Delivery delivery(String address, Duration remaining) {
        return new Delivery(ID, 0, 1, Channel.EMAIL, address, "x", Map.of(), remaining);
    }

    private static Delivery delivery(String address, String body, Map<String, String> headers) {
        return new Delivery(ID, 0, 1, Channel.EMAIL, address, body, headers, Duration.ofMinutes(1));
    }
}
