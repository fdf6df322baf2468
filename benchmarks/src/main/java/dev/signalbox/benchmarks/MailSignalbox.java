package dev.signalbox.benchmarks;

import dev.signalbox.mail.Attachment;
import dev.signalbox.mail.Encryption;
import dev.signalbox.mail.MailMessage;
import dev.signalbox.mail.SmtpOptions;
import dev.signalbox.mail.SmtpPoolOptions;
import dev.signalbox.mail.SmtpSender;
import java.time.Duration;

/** The module {@code mail}. */
final class MailSignalbox implements MailSystem {
    private final SmtpSender sender;

    MailSignalbox(int port) {
        sender = new SmtpSender(SmtpOptions.to("127.0.0.1")
                .port(port)
                .encryption(Encryption.NONE)
                .pool(SmtpPoolOptions.usual().withConnections(CONNECTIONS).withMaxWait(Duration.ofMinutes(1)))
                .build());
    }

    @Override
    public String name() {
        return "signalbox";
    }

    @Override
    public long send(Duration duration, int senders, byte[] attached) throws Exception {
        return MailSystem.inThreads(duration, senders, () -> sender.send(message(attached)));
    }

    private static MailMessage message(byte[] attached) {
        var message = MailMessage.builder()
                .from(FROM)
                .to(TO)
                .subject(SUBJECT)
                .text(TEXT)
                .html(HTML);
        if (attached.length > 0) {
            message.attach(Attachment.of("bill.bin", "application/octet-stream", attached));
        }
        return message.build();
    }

    @Override
    public void close() {
        sender.close();
    }
}
