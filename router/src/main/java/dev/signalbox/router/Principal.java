package dev.signalbox.router;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Who a token stands for: a user, who may have several sessions at a time.
 *
 * @param user fit for {@link Address#client}
 * @param metadata what the token says about the user, shown in {@link SessionInfo}
 * @param expires when a connection ends that was made with the token, as {@link CloseReason#EXPIRED}; empty for never
 * @param topics what the token itself lets the user do
 */
public record Principal(String user, Map<String, String> metadata, Optional<Instant> expires, TopicGrants topics) {

    /**
     * Checks the user's id.
     *
     * @throws IllegalArgumentException if {@code user} cannot be an address
     */
    public Principal {
        Address.client(user);
        metadata = Map.copyOf(metadata);
    }

    /** Whose token grants no topics. */
    public Principal(String user, Map<String, String> metadata, Optional<Instant> expires) {
        this(user, metadata, expires, TopicGrants.NONE);
    }

    /** Whose token does not run out, and grants no topics. */
    public Principal(String user, Map<String, String> metadata) {
        this(user, metadata, Optional.empty());
    }
}
