package dev.signalbox.delivery.email;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.mail.MailException;
import dev.signalbox.mail.MailMessage;
import dev.signalbox.mail.SmtpOptions;
import dev.signalbox.mail.SmtpSender;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The channel {@code email}, over one SMTP server. The address is a mail address and the body the text. Of a delivery's headers
 * it knows, in any case: {@code subject}; {@code content-type}, which is {@code text/plain} or {@code text/html};
 * {@code reply-to}; {@code list-unsubscribe}, an https link that unsubscribes with one click; and {@code attachments}, the ids of
 * files with blanks in between. It takes no notice of others.
 *
 * <p>The Message-ID is the delivery's idempotency key, and so the same on each attempt. Servers are not bound to recognise it:
 * what was written to its end and not answered is {@link SendResult.Unknown}, and with a key lifetime of zero not repeated.
 */
public final class EmailSender implements Sender, AutoCloseable {
    private final SmtpSender smtp;
    private final EmailOptions options;
    private final MailFiles files;
    private final int concurrency;

    /**
     * Makes a sender that connects when there is something to send.
     *
     * @param server with {@code from}, which messages are from
     * @throws IllegalArgumentException without {@code from}, or if the CA file cannot be read
     */
    public EmailSender(SmtpOptions server, EmailOptions options) {
        this(server, options, MailFiles.NONE);
    }

    /** As {@link #EmailSender(SmtpOptions, EmailOptions)}, with the files that messages may name. */
    public EmailSender(SmtpOptions server, EmailOptions options, MailFiles files) {
        if (server.from().isEmpty()) {
            throw new IllegalArgumentException("the SMTP server's options have no from");
        }
        smtp = new SmtpSender(server);
        concurrency = server.pool().connections();
        this.options = options;
        this.files = files;
    }

    @Override
    public Channel channel() {
        return Channel.EMAIL;
    }

    @Override
    public SendResult send(Delivery delivery) {
        MailMessage message;
        try {
            message = message(delivery);
        } catch (IllegalArgumentException e) {
            return new SendResult.Rejected("it makes no mail: " + e.getMessage());
        } catch (IOException e) {
            return new SendResult.NotSent("its attachments cannot be found now: " + e.getMessage(), Optional.empty());
        }
        try {
            var result = smtp.send(message, delivery.remaining(), delivery::mayBegin);
            return new SendResult.Accepted(Optional.of(result.messageId()));
        } catch (MailException.NotSent e) {
            return new SendResult.NotSent(reason(e), Optional.empty());
        } catch (MailException.Rejected e) {
            return new SendResult.Rejected(reason(e));
        } catch (MailException.Unknown e) {
            return new SendResult.Unknown(reason(e));
        }
    }

    private static String reason(MailException e) {
        return String.valueOf(e.getMessage());
    }

    private MailMessage message(Delivery delivery) throws IOException {
        var headers = lowerCase(delivery.headers());
        var message = MailMessage.builder()
                .to(delivery.address())
                .subject(headers.getOrDefault("subject", options.subject()))
                .messageId(delivery.idempotencyKey());
        switch (headers.getOrDefault("content-type", "text/plain").toLowerCase(Locale.ROOT)) {
            case "text/plain" -> message.text(delivery.body());
            case "text/html" -> message.html(delivery.body());
            default ->
                throw new IllegalArgumentException("header content-type is '" + headers.get("content-type")
                        + "', but text/plain and text/html are known");
        }
        Optional.ofNullable(headers.get("reply-to")).ifPresent(message::replyTo);
        delivery.traceparent().ifPresent(trace -> message.header("traceparent", trace));
        Optional.ofNullable(headers.get("list-unsubscribe")).ifPresent(message::unsubscribe);
        for (String id : headers.getOrDefault("attachments", "").split("\\s+", -1)) {
            if (!id.isEmpty()) {
                message.attach(files.find(id)
                        .orElseThrow(() -> new IllegalArgumentException("its attachment " + id + " is not there")));
            }
        }
        return message.build();
    }

    private static Map<String, String> lowerCase(Map<String, String> headers) {
        return headers.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> entry.getKey().toLowerCase(Locale.ROOT), Map.Entry::getValue, (one, other) -> one));
    }

    @Override
    public Duration timeout() {
        return options.timeout();
    }

    @Override
    public int concurrency() {
        return concurrency;
    }

    @Override
    public Duration keyLifetime() {
        return options.keyLifetime();
    }

    @Override
    public void close() {
        smtp.close();
    }
}
