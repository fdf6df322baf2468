package dev.signalbox.mail;

import java.util.List;

/**
 * What became of a message that at least one recipient gets.
 *
 * @param messageId its Message-ID, without brackets
 * @param accepted the recipients for whom the server took the message
 * @param refused those for whom it did not
 * @param unconfirmed those for whom it may have: the connection was lost before its answer. Only if there were so many
 *     recipients that they did not go in one transaction
 * @param reply what the server said last when it took it, often with its own id of the message
 */
public record MailResult(
        String messageId,
        List<MailAddress> accepted,
        List<Refusal> refused,
        List<MailAddress> unconfirmed,
        String reply) {
    public MailResult {
        accepted = List.copyOf(accepted);
        refused = List.copyOf(refused);
        unconfirmed = List.copyOf(unconfirmed);
    }

    /** Whether every recipient was accepted. */
    public boolean isComplete() {
        return refused.isEmpty() && unconfirmed.isEmpty();
    }
}
