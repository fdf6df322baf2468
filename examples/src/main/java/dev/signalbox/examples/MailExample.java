package dev.signalbox.examples;

import dev.signalbox.mail.Attachment;
import dev.signalbox.mail.MailMessage;
import dev.signalbox.mail.MailResult;
import dev.signalbox.mail.SmtpOptions;
import dev.signalbox.mail.SmtpSender;

/** A bill by mail, in HTML, with the bill itself as a file. A recipient that cannot be reached is named, and the others get it. */
public final class MailExample {
    private MailExample() {}

    public static MailResult bill(SmtpOptions server, byte[] pdf, String... recipients) {
        var message = MailMessage.builder()
                .from("Café Zoë <bills@example.org>")
                .to(recipients)
                .subject("Your bill")
                .html("<p>Thank you! Pay <a href='https://example.org/pay/4711'>here</a>.</p>")
                .attach(Attachment.of("Rechnung für März.pdf", "application/pdf", pdf))
                .build();
        try (var sender = new SmtpSender(server)) {
            var result = sender.send(message);
            result.refused().forEach(refusal -> System.out.println(refusal.recipient() + ": " + refusal.reason()));
            return result;
        }
    }
}
