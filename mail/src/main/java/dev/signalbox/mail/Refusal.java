package dev.signalbox.mail;

import java.util.Optional;

/**
 * A recipient whom a server did not take.
 *
 * @param reply what the server said, if it said anything
 * @param reason why, for people
 * @param permanent whether trying again is of no use
 */
public record Refusal(MailAddress recipient, Optional<SmtpReply> reply, String reason, boolean permanent) {
    /** Speaks of the configuration and not of the message, which is kept until it is mended. */
    private static final int NOT_AUTHENTICATED = 530;

    static Refusal by(SmtpReply reply, MailAddress recipient) {
        return new Refusal(
                recipient,
                Optional.of(reply),
                reply.toString(),
                reply.isPermanent() && reply.code() != NOT_AUTHENTICATED);
    }

    static Refusal because(String reason, boolean permanent, MailAddress recipient) {
        return new Refusal(recipient, Optional.empty(), reason, permanent);
    }
}
