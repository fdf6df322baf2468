package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailMessageTest {
    private static final Map<String, BiConsumer<MailMessage.Builder, String>> FIELDS = Map.ofEntries(
            Map.entry("from", (m, bad) -> m.from("A" + bad + " <a@example.com>")),
            Map.entry("to", (m, bad) -> m.to("a@example.com" + bad)),
            Map.entry("cc", (m, bad) -> m.cc("a" + bad + "@example.com")),
            Map.entry("bcc", (m, bad) -> m.bcc("a@exa" + bad + "mple.com")),
            Map.entry("reply-to", (m, bad) -> m.replyTo(bad + "a@example.com" + bad + "x")),
            Map.entry("return path", (m, bad) -> m.returnPath("a@example.com" + bad + "x")),
            Map.entry("name", (m, bad) -> m.to(MailAddress.of("A" + bad + "B", "a@example.com"))),
            Map.entry("subject", (m, bad) -> m.subject("Hello" + bad + "Bcc: b@example.com")),
            Map.entry("header", (m, bad) -> m.header("X-Own", "value" + bad + "Bcc: b@example.com")),
            Map.entry("header name", (m, bad) -> m.header("X-Own" + bad + "Bcc", "b@example.com")),
            Map.entry("message id", (m, bad) -> m.messageId("id" + bad + "@example.com")),
            Map.entry("content id", (m, bad) -> m.image("id" + bad, Attachment.of("a.png", "image/png", new byte[1]))),
            Map.entry("file name", (m, bad) -> m.attach(Attachment.of("a" + bad + ".txt", "text/plain", new byte[1]))),
            Map.entry("media type", (m, bad) -> m.attach(Attachment.of("a.txt", "text/plain" + bad, new byte[1]))),
            Map.entry(
                    "method",
                    (m, bad) -> m.invite(new CalendarInvite("REQUEST" + bad, "BEGIN:VCALENDAR\nMETHOD:REQUEST\n"))),
            Map.entry("unsubscribe", (m, bad) -> m.unsubscribe("https://example.com/" + bad)));

    static Stream<String> injections() {
        return Stream.of("\r", "\n", "\r\n", "\0")
                .flatMap(bad -> FIELDS.keySet().stream().map(field -> field + ": " + escaped(bad)));
    }

    private static String escaped(String text) {
        return text.replace("\r", "CR").replace("\n", "LF").replace("\0", "NUL");
    }

    @ParameterizedTest
    @MethodSource("injections")
    void noFieldTakesALineBreakOrNul(String injection) {
        String[] parts = injection.split(": ", -1);
        String bad = parts[1].replace("CR", "\r").replace("LF", "\n").replace("NUL", "\0");
        var field = Objects.requireNonNull(FIELDS.get(parts[0]));
        assertThatThrownBy(() -> field.accept(message(), bad)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "From",
                "to",
                "CC",
                "Bcc",
                "Subject",
                "Date",
                "Message-ID",
                "Content-Type",
                "MIME-Version",
                "Sender",
                "DKIM-Signature",
                "List-Unsubscribe",
                "Received",
                "Return-Path"
            })
    void ownHeadersDoNotReplaceTheMessages(String name) {
        assertThatThrownBy(() -> message().header(name, "x")).hasMessageContaining(name);
    }

    @Test
    void recipientsOccurOnceWhereTheyComeFirst() {
        var message = message()
                .to("alice@example.com", "ALICE@example.com", "info@faß.de")
                .cc("bob@example.com", "Alice <Alice@Example.com>")
                .bcc("info@xn--fa-hia.de", "BOB@example.com", "carol@example.com")
                .text("x")
                .build();
        assertThat(message.to())
                .extracting(MailAddress::address)
                .containsExactly("alice@example.com", "info@xn--fa-hia.de");
        assertThat(message.cc()).extracting(MailAddress::address).containsExactly("bob@example.com");
        assertThat(message.bcc()).extracting(MailAddress::address).containsExactly("carol@example.com");
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> MailMessage.builder().text("x").build()).hasMessageContaining("no recipient");
        assertThatThrownBy(() -> MailMessage.builder().to("a@example.com").build())
                .hasMessageContaining("empty");
        assertThatThrownBy(() -> message()
                        .to("a@example.com")
                        .text("x")
                        .image("a", Attachment.of("a.png", "image/png", new byte[0]))
                        .build())
                .hasMessageContaining("html");
    }

    @Test
    void keepsWhatItWasBuiltWith() {
        var builder = message().to("a@example.com").text("x");
        var message = builder.build();
        builder.to("b@example.com").subject("other");
        assertThat(message.to()).hasSize(1);
        assertThat(message.subject()).isEmpty();
    }

    @Test
    void everyWritingHasTheSameBytes() throws Exception {
        var message = message()
                .to("a@example.com")
                .html("<p>Hello</p>")
                .attach(Attachment.of("a.txt", "text/plain", "a".getBytes(StandardCharsets.UTF_8)))
                .build();
        assertThat(MimeMessage.of(message).bytes())
                .isEqualTo(MimeMessage.of(message).bytes());
    }

    @Test
    void theSendersAddressFillsInAndTheIdStays() {
        var message = MailMessage.builder().to("a@example.com").text("x").build();
        var completed = message.withDefaultFrom(MailAddress.of("me@example.org"));
        assertThat(completed.messageId()).isEqualTo(message.messageId() + "@example.org");
        assertThat(completed.withDefaultFrom(MailAddress.of("other@example.net")))
                .isSameAs(completed);
    }

    private static MailMessage.Builder message() {
        return MailMessage.builder().from("me@example.org");
    }
}
