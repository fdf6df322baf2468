package dev.signalbox.mail;

/** Sends messages somewhere. Thread-safe. Implementations for other ways than SMTP are welcome in a {@link MailAgent}. */
public interface MailSender extends AutoCloseable {
    /** What results and logs call it. */
    String name();

    /**
     * Sends the message to as many of its recipients as are accepted.
     *
     * @throws MailException if nobody was accepted; its kind says whether the message may be sent again
     */
    MailResult send(MailMessage message);

    /** Finishes what is under way and lets go of its connections. */
    @Override
    void close();
}
