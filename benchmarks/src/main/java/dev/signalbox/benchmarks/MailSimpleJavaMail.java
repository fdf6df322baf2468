package dev.signalbox.benchmarks;

import java.time.Duration;
import org.simplejavamail.api.email.Email;
import org.simplejavamail.api.mailer.Mailer;
import org.simplejavamail.api.mailer.config.TransportStrategy;
import org.simplejavamail.email.EmailBuilder;
import org.simplejavamail.mailer.MailerBuilder;

/** Simple Java Mail with its module for batches, which keeps connections. */
final class MailSimpleJavaMail implements MailSystem {
    /** Its own is 24 days. */
    private static final int CLAIM_MILLIS = 60_000;

    private final Mailer mailer;

    MailSimpleJavaMail(int port) {
        mailer = MailerBuilder.withSMTPServer("127.0.0.1", port)
                .withTransportStrategy(TransportStrategy.SMTP)
                .withConnectionPoolMaxSize(CONNECTIONS)
                .withConnectionPoolClaimTimeoutMillis(CLAIM_MILLIS)
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

    @Override
    public void close() throws Exception {
        mailer.shutdownConnectionPool().get();
    }
}
