package dev.signalbox.benchmarks;

import java.time.Duration;
import org.simplejavamail.api.email.Email;
import org.simplejavamail.api.mailer.Mailer;
import org.simplejavamail.api.mailer.config.TransportStrategy;
import org.simplejavamail.email.EmailBuilder;
import org.simplejavamail.mailer.MailerBuilder;

/** Simple Java Mail, which connects for each message unless one adds its module for batches. */
final class MailSimpleJavaMail implements MailSystem {
    private final Mailer mailer;

    MailSimpleJavaMail(int port) {
        mailer = MailerBuilder.withSMTPServer("127.0.0.1", port)
                .withTransportStrategy(TransportStrategy.SMTP)
                .buildMailer();
    }

    @Override
    public String name() {
        return "simple-java-mail";
    }

    @Override
    public long send(Duration duration, int senders, byte[] attached) throws Exception {
        return MailSystem.inThreads(
                duration, senders, () -> mailer.sendMail(email(attached)).join());
    }

    private static Email email(byte[] attached) {
        var email = EmailBuilder.startingBlank()
                .from(FROM)
                .to(TO)
                .withSubject(SUBJECT)
                .withPlainText(TEXT)
                .withHTMLText(HTML);
        if (attached.length > 0) {
            email.withAttachment("bill.bin", attached, "application/octet-stream");
        }
        return email.buildEmail();
    }

    /** It has kept nothing. */
    @Override
    public void close() {}
}
