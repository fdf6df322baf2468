package dev.signalbox.mail;

import java.io.IOException;
import java.util.List;

/** The whole message was written, and its acceptance was not confirmed. */
final class UnconfirmedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient List<MailAddress> recipients;
    private final transient List<Refusal> refused;

    /**
     * Says that it is open what became of a transaction.
     *
     * @param recipients who had been accepted, and may get it
     * @param refused who had not
     */
    UnconfirmedException(String message, Throwable cause, List<MailAddress> recipients, List<Refusal> refused) {
        super(message, cause);
        this.recipients = List.copyOf(recipients);
        this.refused = List.copyOf(refused);
    }

    List<MailAddress> recipients() {
        return recipients;
    }

    List<Refusal> refused() {
        return refused;
    }
}
