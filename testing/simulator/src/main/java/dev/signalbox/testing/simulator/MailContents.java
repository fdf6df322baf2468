package dev.signalbox.testing.simulator;

import jakarta.mail.Header;
import jakarta.mail.MessagingException;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimePart;
import jakarta.mail.internet.MimePartDataSource;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * What a mail program would find in a message. Reads with Angus Mail, but without its handlers of contents, which it finds
 * through the class loader. Immutable.
 *
 * @param headers as they came, name and value
 * @param html the first part that is HTML and no file
 * @param text the first part that is plain text and no file
 * @param files everything else, images within the HTML included
 */
record MailContents(
        String subject,
        String from,
        List<HeaderLine> headers,
        Optional<String> html,
        Optional<String> text,
        List<MailFile> files) {
    private static final Session SESSION = Session.getInstance(new Properties());
    private static final int DEEPEST = 20;
    private static final int MOST_FILES = 1_000;

    record HeaderLine(String name, String value) {}

    /** Reads a message; one that is not MIME is a text. */
    static MailContents of(byte[] source) {
        var reader = new Reader();
        try {
            var message = new MimeMessage(SESSION, new ByteArrayInputStream(source));
            reader.read(message, 0);
            return reader.contents(message);
        } catch (MessagingException | IOException | IllegalArgumentException unreadable) {
            String raw = new String(source, StandardCharsets.UTF_8);
            return new MailContents("", "", List.of(), Optional.empty(), Optional.of(raw), List.of());
        }
    }

    /** For one message. */
    private static final class Reader {
        private final List<MailFile> files = new ArrayList<>();
        private Optional<String> html = Optional.empty();
        private Optional<String> text = Optional.empty();

        private void read(MimePart part, int depth) throws MessagingException, IOException {
            if (depth < DEEPEST && part.isMimeType("multipart/*")) {
                var parts = new MimeMultipart(new MimePartDataSource(part));
                for (int i = 0; i < parts.getCount(); i++) {
                    read((MimePart) parts.getBodyPart(i), depth + 1);
                }
                return;
            }
            boolean isFile = Part.ATTACHMENT.equalsIgnoreCase(part.getDisposition()) || part.getFileName() != null;
            if (!isFile && html.isEmpty() && part.isMimeType("text/html")) {
                html = Optional.of(text(part));
            } else if (!isFile && text.isEmpty() && part.isMimeType("text/plain")) {
                text = Optional.of(text(part));
            } else if (files.size() < MOST_FILES) {
                files.add(file(part));
            }
        }

        private static byte[] bytes(MimePart part) throws MessagingException, IOException {
            try (var content = new MimePartDataSource(part).getInputStream()) {
                return content.readAllBytes();
            }
        }

        private static String text(MimePart part) throws MessagingException, IOException {
            String charset = new ContentType(part.getContentType()).getParameter("charset");
            return new String(
                    bytes(part),
                    charset == null ? StandardCharsets.UTF_8 : Charset.forName(MimeUtility.javaCharset(charset)));
        }

        private MailFile file(MimePart part) throws MessagingException, IOException {
            String name = part.getFileName();
            String id = part.getContentID();
            return new MailFile(
                    name == null ? "part-" + (files.size() + 1) : MimeUtility.decodeText(name),
                    new ContentType(part.getContentType()).getBaseType(),
                    id == null ? "" : id.replaceAll("[<>\\s]", ""),
                    bytes(part));
        }

        private MailContents contents(MimeMessage message) throws MessagingException {
            List<HeaderLine> headers = new ArrayList<>();
            for (Header header : Collections.list(message.getAllHeaders())) {
                headers.add(new HeaderLine(header.getName(), header.getValue().replaceAll("\\r?\\n", "")));
            }
            String subject = message.getSubject();
            return new MailContents(subject == null ? "" : subject, from(message), headers, html, text, files);
        }

        private static String from(MimeMessage message) throws MessagingException {
            var all = message.getFrom();
            if (all == null || all.length == 0) {
                return "";
            }
            return all[0] instanceof InternetAddress address ? address.toUnicodeString() : all[0].toString();
        }
    }
}
