package dev.signalbox.router;

import java.util.Map;

/**
 * Who a token stands for: a user, who may have several sessions at a time.
 *
 * @param user fit for {@link Address#client}
 * @param metadata what the token says about the user, shown in {@link SessionInfo}
 */
public record Principal(String user, Map<String, String> metadata) {

    /**
     * Checks the user's id.
     *
     * @throws IllegalArgumentException if {@code user} cannot be an address
     */
    public Principal {
        Address.client(user);
        metadata = Map.copyOf(metadata);
    }
}
