package dev.signalbox.mail;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What each sender of a {@link MailAgent} made of a message, by the sender's name, in their order.
 *
 * @param sent of those who got it to at least one recipient; {@link MailResult} names the recipients who were refused
 * @param failed of those who did not
 */
public record AgentResult(Map<String, MailResult> sent, Map<String, MailException> failed) {
    public AgentResult {
        sent = Collections.unmodifiableMap(new LinkedHashMap<>(sent));
        failed = Collections.unmodifiableMap(new LinkedHashMap<>(failed));
    }

    /** Whether no sender failed and no recipient was refused. */
    public boolean isComplete() {
        return failed.isEmpty() && sent.values().stream().allMatch(MailResult::isComplete);
    }

    /** Itself, if no sender failed; else throws the first failure. */
    public AgentResult orThrow() {
        failed.values().stream().findFirst().ifPresent(first -> {
            throw first;
        });
        return this;
    }
}
