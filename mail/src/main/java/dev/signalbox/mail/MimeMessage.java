package dev.signalbox.mail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A message as it goes over the wire: the headers and a tree of parts.
 *
 * <pre>
 * mixed
 * ├ alternative
 * │ ├ text
 * │ ├ related: the HTML and its images
 * │ └ the invitation; without a Content-Disposition, which would hide the buttons
 * └ attachments, the invitation once more among them for programs that only take files
 * </pre>
 *
 * Branches with one leaf are left out. Boundaries follow from the Message-ID, so that each attempt writes the same bytes.
 */
record MimeMessage(List<Header> headers, MimePart content) {
    /** In octets: a message up to this size is built in memory before it is sent; a larger one is written piece by piece. */
    private static final long SMALL = 256 * 1024;

    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE, d MMM uuuu HH:mm:ss Z", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    static MimeMessage of(MailMessage message) {
        var headers = new ArrayList<Header>();
        headers.add(new Header("Date", date(message.date())));
        headers.add(new Header("Message-ID", "<" + message.messageId() + ">"));
        message.from().ifPresent(from -> headers.add(new Header("From", from.toHeader())));
        addresses(headers, "Reply-To", message.replyTo());
        addresses(headers, "To", message.to());
        addresses(headers, "Cc", message.cc());
        headers.add(new Header("Subject", HeaderText.unstructured(message.subject())));
        priority(headers, message.priority());
        message.unsubscribe().ifPresent(way -> unsubscribe(headers, way));
        headers.addAll(message.headers());
        headers.add(new Header("MIME-Version", "1.0"));
        return new MimeMessage(List.copyOf(headers), content(message));
    }

    static String date(Instant when) {
        return DATE.format(when);
    }

    private static void addresses(List<Header> headers, String name, List<MailAddress> addresses) {
        if (!addresses.isEmpty()) {
            var written = addresses.stream().map(MailAddress::toHeader).toList();
            headers.add(new Header(name, String.join(", ", written)));
        }
    }

    private static void priority(List<Header> headers, MailMessage.Priority priority) {
        switch (priority) {
            case HIGH ->
                headers.addAll(List.of(
                        new Header("X-Priority", "1"),
                        new Header("Importance", "high"),
                        new Header("Priority", "urgent")));
            case LOW ->
                headers.addAll(List.of(
                        new Header("X-Priority", "5"),
                        new Header("Importance", "low"),
                        new Header("Priority", "non-urgent")));
            case NORMAL -> {}
        }
    }

    private static void unsubscribe(List<Header> headers, Unsubscribe way) {
        headers.add(new Header("List-Unsubscribe", way.toHeader()));
        if (way.oneClick()) {
            headers.add(new Header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
    }

    private static MimePart content(MailMessage message) {
        var parts = new ArrayList<MimePart>();
        parts.addAll(readable(message));
        message.attachments().stream().map(MimePart::attached).forEach(parts::add);
        message.invite().map(MimeMessage::inviteFile).ifPresent(parts::add);
        return MimePart.multipart("mixed", boundary(message, "mixed"), parts);
    }

    private static List<MimePart> readable(MailMessage message) {
        var parts = new ArrayList<MimePart>();
        if (!message.text().isEmpty() || message.html().isPresent()) {
            parts.add(MimePart.text("text/plain", message.text()));
        }
        message.html().map(html -> html(message, html)).ifPresent(parts::add);
        message.invite()
                .map(invite -> MimePart.text("text/calendar; method=" + invite.method(), invite.calendar()))
                .ifPresent(parts::add);
        return parts.isEmpty()
                ? parts
                : List.of(MimePart.multipart("alternative", boundary(message, "alternative"), parts));
    }

    private static MimePart html(MailMessage message, String html) {
        var images =
                message.images().entrySet().stream().map(image -> MimePart.inline(image.getKey(), image.getValue()));
        var parts = Stream.concat(Stream.of(MimePart.text("text/html", html)), images)
                .toList();
        return MimePart.multipart("related", boundary(message, "related"), parts);
    }

    private static MimePart inviteFile(CalendarInvite invite) {
        byte[] calendar = TextEncoding.lines(invite.calendar());
        return MimePart.attached(Attachment.of("invite.ics", "application/ics", calendar));
    }

    private static String boundary(MailMessage message, String kind) {
        byte[] seed = (kind + message.messageId()).getBytes(StandardCharsets.UTF_8);
        return "=_" + UUID.nameUUIDFromBytes(seed);
    }

    /** Headers of the message and of its outermost part, in the order in which they are written. */
    List<Header> allHeaders() {
        return Stream.concat(headers.stream(), content.headers().stream()).toList();
    }

    MimeMessage withFirst(Header header) {
        return new MimeMessage(
                Stream.concat(Stream.of(header), headers.stream()).toList(), content);
    }

    /** Whether it may be built in memory as a whole. */
    boolean isSmall() {
        return content.size().orElse(Long.MAX_VALUE) <= SMALL;
    }

    void writeTo(OutputStream out) throws IOException {
        writeHead(out);
        content.body().writeTo(out);
    }

    void writeHead(OutputStream out) throws IOException {
        for (var header : allHeaders()) {
            out.write(header.bytes());
        }
        out.write('\r');
        out.write('\n');
    }

    /** Only for a small message. */
    byte[] bytes() throws IOException {
        var out = new ByteArrayOutputStream();
        writeTo(out);
        return out.toByteArray();
    }
}
