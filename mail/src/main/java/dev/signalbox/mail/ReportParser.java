package dev.signalbox.mail;

import dev.signalbox.mail.MailReport.Action;
import dev.signalbox.mail.MailReport.Bounce;
import dev.signalbox.mail.MailReport.Complaint;
import dev.signalbox.mail.MailReport.Recipient;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetHeaders;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimePartDataSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads reports with Angus Mail, which is right about multiparts and encodings. One use each. */
final class ReportParser {
    private static final int MOST = 1024 * 1024;
    private static final int MOST_PARTS = 20;
    private static final int MOST_RECIPIENTS = 10_000;
    private static final int LONGEST_TEXT = 500;
    private static final Pattern BLANK_LINE = Pattern.compile("\r?\n[ \t]*\r?\n");
    private static final Pattern STATUS = Pattern.compile("\\d\\.\\d{1,3}\\.\\d{1,3}");
    /** RFC 6533: how letters beyond ASCII are written. */
    private static final Pattern ESCAPED = Pattern.compile("\\\\x\\{([0-9A-Fa-f]{1,6})}");

    private List<InternetHeaders> status = List.of();
    private @Nullable InternetHeaders feedback;
    private @Nullable InternetHeaders original;

    private ReportParser() {}

    static Optional<MailReport> parse(InputStream in) throws IOException {
        try {
            var bounded = new ByteArrayInputStream(in.readNBytes(MOST));
            var message = new MimeMessage(Session.getInstance(new Properties()), bounded);
            if (!message.isMimeType("multipart/report")) {
                return Optional.empty();
            }
            return new ReportParser().report(new MimeMultipart(new MimePartDataSource(message)));
        } catch (MessagingException e) {
            throw new IOException("the report cannot be read: " + e.getMessage(), e);
        }
    }

    private Optional<MailReport> report(MimeMultipart parts) throws MessagingException, IOException {
        for (int i = 0; i < Math.min(parts.getCount(), MOST_PARTS); i++) {
            part(parts.getBodyPart(i));
        }
        var complaint = feedback;
        if (complaint != null) {
            return Optional.of(complaint(complaint));
        }
        return status.isEmpty() ? Optional.empty() : Optional.of(bounce());
    }

    private void part(BodyPart part) throws MessagingException, IOException {
        if (part.isMimeType("message/delivery-status") || part.isMimeType("message/global-delivery-status")) {
            status = groups(part);
        } else if (part.isMimeType("message/feedback-report")) {
            feedback = groups(part).stream().findFirst().orElse(null);
        } else if (part.isMimeType("message/rfc822")
                || part.isMimeType("text/rfc822-headers")
                || part.isMimeType("message/global")
                || part.isMimeType("message/global-headers")) {
            original = groups(part).stream().findFirst().orElse(null);
        }
    }

    /** Blocks of headers with empty lines between them. */
    private static List<InternetHeaders> groups(BodyPart part) throws MessagingException, IOException {
        String text = new String(part.getInputStream().readAllBytes(), StandardCharsets.UTF_8).stripLeading();
        var groups = new ArrayList<InternetHeaders>();
        for (String block : BLANK_LINE.split(text, MOST_RECIPIENTS + 2)) {
            if (!block.isBlank()) {
                byte[] bytes = (block + "\r\n\r\n").getBytes(StandardCharsets.UTF_8);
                groups.add(new InternetHeaders(new ByteArrayInputStream(bytes), true));
            }
        }
        return groups;
    }

    private MailReport bounce() {
        var server = first(status.getFirst(), "Reporting-MTA").map(ReportParser::afterType);
        var recipients = status.stream()
                .flatMap(group -> recipient(group).stream())
                .limit(MOST_RECIPIENTS)
                .toList();
        return new Bounce(originalId(), server, recipients);
    }

    private static Optional<Recipient> recipient(InternetHeaders group) {
        return first(group, "Original-Recipient")
                .or(() -> first(group, "Final-Recipient"))
                .map(ReportParser::address)
                .flatMap(address -> action(group)
                        .map(action -> new Recipient(
                                address,
                                action,
                                first(group, "Status")
                                        .map(ReportParser::numbers)
                                        .orElse("0.0.0"),
                                first(group, "Diagnostic-Code").map(ReportParser::afterType))));
    }

    private static Optional<Action> action(InternetHeaders group) {
        String said = first(group, "Action").orElse("").toUpperCase(Locale.ROOT);
        return Arrays.stream(Action.values())
                .filter(action -> action.name().equals(said))
                .findFirst();
    }

    private static String numbers(String status) {
        var found = STATUS.matcher(status);
        return found.find() ? found.group() : "0.0.0";
    }

    private MailReport complaint(InternetHeaders report) {
        String type = first(report, "Feedback-Type").orElse("other").toLowerCase(Locale.ROOT);
        var named = all(report, "Original-Rcpt-To").map(ReportParser::address).toList();
        var recipients = named.isEmpty()
                ? all(original, "To").flatMap(ReportParser::addresses).toList()
                : named;
        return new Complaint(originalId(), type, recipients, first(report, "User-Agent"));
    }

    private static Stream<String> addresses(String header) {
        return Stream.of(header.split(",")).flatMap(one -> {
            try {
                return Stream.of(MailAddress.of(one).address());
            } catch (IllegalArgumentException redacted) {
                return Stream.empty();
            }
        });
    }

    private Optional<String> originalId() {
        return all(original, "Message-ID").findFirst().map(id -> id.replaceAll("[<>]", ""));
    }

    private static Optional<String> first(InternetHeaders headers, String name) {
        return all(headers, name).findFirst();
    }

    private static Stream<String> all(@Nullable InternetHeaders headers, String name) {
        String[] values = headers == null ? null : headers.getHeader(name);
        return values == null ? Stream.empty() : Arrays.stream(values).map(ReportParser::oneLine);
    }

    private static String oneLine(String value) {
        String line = value.replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "").strip();
        return line.substring(0, Math.min(line.length(), LONGEST_TEXT));
    }

    /** What stands after {@code rfc822;} or {@code dns;}. */
    private static String afterType(String value) {
        return value.substring(value.indexOf(';') + 1).strip();
    }

    private static String address(String value) {
        String bare = afterType(value).replaceAll("[<>]", "");
        return ESCAPED.matcher(bare).replaceAll(found -> Matcher.quoteReplacement(letter(found.group(1))));
    }

    private static String letter(String hexadecimal) {
        int c = Integer.parseInt(hexadecimal, 16);
        return Character.isValidCodePoint(c) && !Character.isISOControl(c) ? Character.toString(c) : "?";
    }
}
