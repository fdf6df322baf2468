package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.BodyPart;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.InternetAddress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written here, read by a parser that others wrote: Angus Mail. */
class MimeMessageTest {
    private static final String INVITE = """
        BEGIN:VCALENDAR
        METHOD:request
        BEGIN:VEVENT
        SUMMARY:Tisch für zwei
        END:VEVENT
        END:VCALENDAR
        """;

    @Test
    void aTextIsJustAText() throws Exception {
        var parsed = parse(message().text("Your table is ready\n.\nFrom us\ntrailing \nüber"));
        assertThat(parsed.getContentType()).startsWith("text/plain");
        assertThat(parsed.getContent()).isEqualTo("Your table is ready\r\n.\r\nFrom us\r\ntrailing \r\nüber\r\n");
    }

    @Test
    void htmlComesWithATextMadeOfIt() throws Exception {
        var parts = (Multipart) parse(message().html("<p>Hello <a href='https://x.example'>there</a></p>"))
                .getContent();
        assertThat(parts.getContentType()).startsWith("multipart/alternative");
        assertThat(parts.getBodyPart(0).getContent()).isEqualTo("Hello there (https://x.example)\r\n");
        assertThat(parts.getBodyPart(1).getContentType()).startsWith("text/html");
    }

    @Test
    void everythingHasItsPlaceInTheTree() throws Exception {
        var logo = Attachment.of("logo.png", "image/png", new byte[] {1, 2, 3});
        var report = Attachment.of("report.pdf", "application/pdf", new byte[] {4, 5});
        var parsed = parse(message()
                .text("text")
                .html("<img src='cid:logo'>")
                .image("logo", logo)
                .attach(report)
                .invite(CalendarInvite.of(INVITE)));
        assertThat(tree(parsed))
                .isEqualTo("multipart/mixed[multipart/alternative[text/plain multipart/related[text/html image/png]"
                        + " text/calendar] application/pdf application/ics]");
    }

    @Test
    void anInviteSaysItsMethodAndIsNoAttachment() throws Exception {
        var mixed = (Multipart)
                parse(message().text("x").invite(CalendarInvite.of(INVITE))).getContent();
        var calendar = ((Multipart) mixed.getBodyPart(0).getContent()).getBodyPart(1);
        assertThat(calendar.getContentType())
                .contains("text/calendar")
                .contains("method=REQUEST")
                .contains("UTF-8");
        assertThat(calendar.getDisposition()).isNull();
        assertThat(new String(calendar.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("Tisch für zwei\r\n");
        assertThat(mixed.getBodyPart(1).getFileName()).isEqualTo("invite.ics");
    }

    @Test
    void anInviteWhoseMethodsDifferIsRefused() {
        assertThatThrownBy(() -> new CalendarInvite("CANCEL", INVITE)).hasMessageContaining("REQUEST");
        assertThatThrownBy(() -> CalendarInvite.of("BEGIN:VCALENDAR\nEND:VCALENDAR"))
                .hasMessageContaining("METHOD");
    }

    @Test
    void inlineImagesHaveTheirContentId() throws Exception {
        var alternative = (Multipart) parse(message()
                        .html("<img src='cid:logo'>")
                        .image("logo", Attachment.of("l.png", "image/png", new byte[9])))
                .getContent();
        var image = ((Multipart) alternative.getBodyPart(1).getContent()).getBodyPart(1);
        assertThat(image.getHeader("Content-ID")).containsExactly("<logo>");
        assertThat(image.getDisposition()).isEqualTo(Part.INLINE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "report.pdf",
                "annual report 2026.pdf",
                "a\"b;c.txt",
                "Übersicht für März.pdf",
                "报告.pdf",
                "😀.png",
                "ein-sehr-langer-name-mit-umlauten-äöü-äöü-äöü-äöü-äöü-äöü-äöü-äöü-äöü-äöü-äöü-äöü-äöü-äöü-äöü.pdf",
                "an-ascii-name-that-is-longer-than-any-sensible-line-would-be-in-a-header-of-a-message-0123456789-0123456789.txt",
                "100%'*.txt"
            })
    void fileNamesComeThroughByRfc2231(String name) throws Exception {
        var raw = bytes(message().text("x").attach(Attachment.of(name, "application/octet-stream", new byte[3])));
        var part = ((Multipart) parse(raw).getContent()).getBodyPart(1);
        assertThat(part.getFileName()).isEqualTo(name);
        assertThat(text(raw)).doesNotContain("=?UTF-8").matches("\\p{ASCII}+");
        assertThat(text(raw).lines()).allMatch(line -> line.length() <= 78);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Hello",
                "Grüße aus Köln",
                "会议通知：请于明天上午十点准时参加，地点在三楼会议室，请带好相关材料并提前十分钟到场，谢谢合作",
                "=?UTF-8?Q?not_encoded?=",
                "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀 and more",
                "a  b   c",
                "x"
            })
    void subjectsComeThrough(String subject) throws Exception {
        var raw = bytes(message().subject(subject).text("x"));
        assertThat(parse(raw).getSubject()).isEqualTo(subject);
        assertThat(text(raw)).matches("\\p{ASCII}+");
        assertThat(text(raw).lines()).allMatch(line -> line.length() <= 78);
    }

    @Test
    void noLineIsTooLongForSmtp() throws Exception {
        var raw = bytes(message()
                .subject("s".repeat(3_000))
                .header("X-Own", "word ".repeat(500))
                .header("X-Long", "w".repeat(2_000))
                .text("t".repeat(5_000) + "\n" + "ü".repeat(3_000))
                .html("<p>" + "h".repeat(100_000)));
        assertThat(text(raw).lines()).allMatch(line -> line.length() <= 78);
        assertThat(parse(raw).getSubject()).isEqualTo("s".repeat(3_000));
    }

    @Test
    void namesThatNeedItAreQuotedOrEncoded() throws Exception {
        var parsed = parse(message()
                .text("x")
                .to(MailAddress.of("Smith, \"Al\"", "al@example.com"))
                .to(MailAddress.of("Jörg Müller", "joerg@müller.de"))
                .to(MailAddress.of("Dr. No", "no@example.com")));
        var to = parsed.getRecipients(jakarta.mail.Message.RecipientType.TO);
        assertThat(to)
                .extracting(a -> ((InternetAddress) a).getPersonal())
                .containsExactly(null, "Smith, \"Al\"", "Jörg Müller", "Dr. No");
        assertThat(to).extracting(a -> ((InternetAddress) a).getAddress()).contains("joerg@xn--mller-kva.de");
    }

    @Test
    void bccIsInNoHeader() throws Exception {
        var raw = bytes(message().bcc("secret@example.com").text("x"));
        assertThat(text(raw)).doesNotContain("secret").doesNotContainIgnoringCase("bcc");
    }

    @Test
    void saysHowToUnsubscribeWithOneClick() throws Exception {
        var way = Unsubscribe.oneClick(URI.create("https://example.com/u?t=1")).withMailto("leave@example.com");
        var parsed = parse(message().text("x").unsubscribe(way));
        assertThat(parsed.getHeader("List-Unsubscribe", null))
                .isEqualTo("<https://example.com/u?t=1>, <mailto:leave@example.com>");
        assertThat(parsed.getHeader("List-Unsubscribe-Post", null)).isEqualTo("List-Unsubscribe=One-Click");
        assertThatThrownBy(() -> Unsubscribe.oneClick(URI.create("http://example.com/u")))
                .hasMessageContaining("https");
    }

    @Test
    void writesPriorityDateAndId() throws Exception {
        var parsed = parse(message()
                .text("x")
                .priority(MailMessage.Priority.HIGH)
                .date(Instant.parse("2026-11-26T02:00:00.5Z"))
                .messageId("42"));
        assertThat(parsed.getHeader("X-Priority", null)).isEqualTo("1");
        assertThat(parsed.getHeader("Importance", null)).isEqualTo("high");
        assertThat(parsed.getHeader("Date", null)).isEqualTo("Thu, 26 Nov 2026 02:00:00 +0000");
        assertThat(parsed.getMessageID()).isEqualTo("<42@example.org>");
    }

    @Test
    void anAttachedMessageIsAFileOfBytes() throws Exception {
        byte[] original = "Subject: x\r\n\r\nx".getBytes(StandardCharsets.US_ASCII);
        var part = ((Multipart) parse(message().text("x").attach(Attachment.of("m.eml", "message/rfc822", original)))
                        .getContent())
                .getBodyPart(1);
        assertThat(part.getContentType()).startsWith("application/octet-stream");
        assertThat(part.getInputStream().readAllBytes()).isEqualTo(original);
    }

    @Test
    void bytesOfAttachmentsComeThrough() throws Exception {
        byte[] random = new byte[100_001];
        new Random(7).nextBytes(random);
        var part = ((Multipart)
                        parse(message().text("x").attach(Attachment.of("r.bin", "application/octet-stream", random)))
                                .getContent())
                .getBodyPart(1);
        assertThat(part.getInputStream().readAllBytes()).isEqualTo(random);
    }

    @Test
    void anAttachmentOf25MegabytesIsNeverWholeInMemory() throws Exception {
        long size = 25L * 1024 * 1024;
        var written = new AtomicLong();
        var furthestAhead = new AtomicLong();
        var file = Attachment.of(
                "big.bin",
                "application/octet-stream",
                () -> new Zeros(size, read -> furthestAhead.accumulateAndGet(read - written.get() * 3 / 4, Math::max)));
        MimeMessage.of(message().text("x").attach(file).build()).writeTo(new OutputStream() {
            @Override
            public void write(int b) {
                written.incrementAndGet();
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                written.addAndGet(length);
            }
        });
        assertThat(written.get()).isGreaterThan(size * 4 / 3);
        assertThat(furthestAhead.get()).isLessThan(256 * 1024);
    }

    /** A hundred files that are small one by one are large together. */
    @ParameterizedTest
    @CsvSource({"1, 1000, true", "1, 1000000, false", "3, 60000, true", "100, 60000, false", "100, 10, true"})
    void onlyWhatIsSmallAsAWholeIsBuiltInMemory(int files, int size, boolean small) throws IOException {
        var file = Attachment.of("bytes.bin", "application/octet-stream", new byte[size]);
        var builder = message().text("x");
        IntStream.range(0, files).forEach(_ -> builder.attach(file));
        var message = MimeMessage.of(builder.build());

        assertThat(message.isSmall()).isEqualTo(small);

        var written = new ByteArrayOutputStream();
        message.content().body().writeTo(written);
        assertThat(message.content().size().orElseThrow())
                .isBetween(written.size() * 9L / 10, written.size() * 11L / 10 + 200);
    }

    @Test
    void aLongTextIsNotBuiltInMemoryOnceMore() {
        assertThat(MimeMessage.of(message().text("x".repeat(100_000)).build()).isSmall())
                .isTrue();
        assertThat(MimeMessage.of(message().text("x".repeat(1_000_000)).build()).isSmall())
                .isFalse();
    }

    @Test
    void aFileWhoseLengthIsNotKnownIsNotBuiltInMemory() {
        var file = Attachment.of("bytes.bin", "text/plain", () -> new ByteArrayInputStream(new byte[1]));
        assertThat(MimeMessage.of(message().text("x").attach(file).build()).isSmall())
                .isFalse();
    }

    private static final class Zeros extends InputStream {
        private final long size;
        private final java.util.function.LongConsumer onRead;
        private long read;

        Zeros(long size, java.util.function.LongConsumer onRead) {
            this.size = size;
            this.onRead = onRead;
        }

        @Override
        public int read() {
            onRead.accept(read + 1);
            return read++ < size ? 0 : -1;
        }

        @Override
        public int read(byte[] bytes, int from, int length) {
            int n = (int) Math.min(length, size - read);
            read += n;
            onRead.accept(read);
            return n == 0 ? -1 : n;
        }
    }

    private static String tree(Part part) throws Exception {
        String type = part.getContentType().replaceAll("(?s);.*", "").toLowerCase(java.util.Locale.ROOT);
        if (!(part.getContent() instanceof Multipart many)) {
            return type;
        }
        var parts = new ArrayList<String>();
        for (int i = 0; i < many.getCount(); i++) {
            BodyPart one = many.getBodyPart(i);
            parts.add(tree(one));
        }
        return type + List.copyOf(parts).toString().replace(",", "");
    }

    private static MailMessage.Builder message() {
        return MailMessage.builder().from("me@example.org").to("alice@example.com");
    }

    private static byte[] bytes(MailMessage.Builder message) throws Exception {
        return MimeMessage.of(message.build()).bytes();
    }

    private static String text(byte[] raw) {
        return new String(raw, StandardCharsets.UTF_8);
    }

    private static jakarta.mail.internet.MimeMessage parse(MailMessage.Builder message) throws Exception {
        return parse(bytes(message));
    }

    private static jakarta.mail.internet.MimeMessage parse(byte[] raw) throws Exception {
        return new jakarta.mail.internet.MimeMessage((jakarta.mail.Session) null, new ByteArrayInputStream(raw));
    }
}
