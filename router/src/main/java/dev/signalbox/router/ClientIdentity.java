package dev.signalbox.router;

import java.util.Map;

/**
 * Who a token stands for.
 *
 * @param id fit for {@link Address#client}
 */
public record ClientIdentity(String id, Map<String, String> metadata) {

    /**
     * Checks the id.
     *
     * @throws IllegalArgumentException if {@code id} cannot be an address
     */
    public ClientIdentity {
        Address.client(id);
        metadata = Map.copyOf(metadata);
    }
}
