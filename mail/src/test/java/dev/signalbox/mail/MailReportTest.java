package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.mail.MailReport.Action;
import dev.signalbox.mail.MailReport.Bounce;
import dev.signalbox.mail.MailReport.Complaint;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MailReportTest {
    private static final String BOUNCE = """
            Return-Path: <>
            From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
            To: me@example.org
            Subject: Undelivered Mail Returned to Sender
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

            This is a MIME-encapsulated message.

            --b1
            Content-Type: text/plain; charset=us-ascii

            I'm sorry to have to inform you.

            --b1
            Content-Description: Delivery report
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example.org
            X-Postfix-Queue-ID: 4711
            Arrival-Date: Thu, 26 Nov 2026 02:00:00 +0000 (UTC)

            Final-Recipient: rfc822; gone@example.com
            Original-Recipient: rfc822;Gone@example.com
            Action: failed
            Status: 5.1.1
            Remote-MTA: dns; mx.example.com
            Diagnostic-Code: smtp; 550 5.1.1 <gone@example.com>: Recipient address
                rejected: User unknown

            Final-Recipient: rfc822; <full@example.com>
            Action: delayed
            Status: 4.2.2 (mailbox full)

            Final-Recipient: rfc822; full2@example.com
            Action: failed
            Status: 5.2.2

            --b1
            Content-Type: message/rfc822

            From: me@example.org
            To: gone@example.com
            Message-ID: <4711@example.org>
            Subject: Hello

            Hello
            --b1--
            """;

    private static final String COMPLAINT = """
            From: feedback@provider.example
            To: abuse@example.org
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=feedback-report; boundary="b2"

            --b2
            Content-Type: text/plain

            This is an abuse report.
            --b2
            Content-Type: message/feedback-report

            Feedback-Type: Abuse
            User-Agent: SomeGenerator/1.0
            Version: 1
            Original-Mail-From: <me@example.org>
            Original-Rcpt-To: <angry@example.com>

            --b2
            Content-Type: message/rfc822
            Content-Transfer-Encoding: quoted-printable

            From: me@example.org
            To: Somebody <other@example.com>
            Message-ID: <42@example.org>

            Buy =3D
            --b2--
            """;

    @Test
    void readsABounce() throws IOException {
        var bounce = (Bounce) read(BOUNCE).orElseThrow();
        assertThat(bounce.messageId()).contains("4711@example.org");
        assertThat(bounce.server()).contains("mx.example.org");
        assertThat(bounce.recipients())
                .extracting(MailReport.Recipient::address)
                .containsExactly("Gone@example.com", "full@example.com", "full2@example.com");
        assertThat(bounce.recipients())
                .extracting(MailReport.Recipient::action)
                .containsExactly(Action.FAILED, Action.DELAYED, Action.FAILED);
        assertThat(bounce.recipients())
                .extracting(MailReport.Recipient::status)
                .containsExactly("5.1.1", "4.2.2", "5.2.2");
        assertThat(bounce.recipients().getFirst().diagnostic().orElseThrow())
                .isEqualTo("550 5.1.1 <gone@example.com>: Recipient address rejected: User unknown");
    }

    @Test
    void onlyWhoDoesNotExistIsSuppressed() throws IOException {
        assertThat(read(BOUNCE).orElseThrow().suppressed()).containsExactly("Gone@example.com");
    }

    @Test
    void readsAComplaint() throws IOException {
        var complaint = (Complaint) read(COMPLAINT).orElseThrow();
        assertThat(complaint.type()).isEqualTo("abuse");
        assertThat(complaint.recipients()).containsExactly("angry@example.com");
        assertThat(complaint.messageId()).contains("42@example.org");
        assertThat(complaint.provider()).contains("SomeGenerator/1.0");
        assertThat(complaint.suppressed()).containsExactly("angry@example.com");
    }

    @Test
    void findsWhoComplainedInTheOriginalAndPraiseSuppressesNobody() throws IOException {
        String hidden = COMPLAINT.replaceAll("Original-Rcpt-To.*\n", "");
        assertThat(read(hidden).orElseThrow().suppressed()).containsExactly("other@example.com");
        assertThat(read(hidden.replace("Feedback-Type: Abuse", "Feedback-Type: not-spam"))
                        .orElseThrow()
                        .suppressed())
                .isEmpty();
    }

    @Test
    void readsInternationalAddresses() throws IOException {
        String international = BOUNCE.replace("message/delivery-status", "message/global-delivery-status")
                .replace("rfc822;Gone@example.com", "utf-8; j\\x{F6}rg@example.com");
        assertThat(read(international).orElseThrow().suppressed()).containsExactly("jörg@example.com");
    }

    @Test
    void anythingElseIsNoReport() throws IOException {
        assertThat(read("Subject: hello\n\nHello")).isEmpty();
        assertThat(read("")).isEmpty();
        assertThat(read(BOUNCE.replaceAll("(?s)--b1\nContent-Description.*", "--b1--\n")))
                .isEmpty();
    }

    @Test
    void whatIsCutOffIsReadAsFarAsItGoes() throws IOException {
        String longer = BOUNCE.replace("Hello\n--b1--\n", "x".repeat(3_000_000));
        assertThat(read(longer).orElseThrow().suppressed()).containsExactly("Gone@example.com");
    }

    private static Optional<MailReport> read(String text) throws IOException {
        return MailReport.read(
                new ByteArrayInputStream(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8)));
    }
}
