package dev.signalbox.router;

import java.util.List;
import java.util.Map;

/** What a client wants sent; the router makes it a {@link Message} with an id and the client as its source. */
public record Draft(List<Address> targets, Payload payload, Map<String, String> headers) {
    public Draft {
        targets = List.copyOf(targets);
        headers = Map.copyOf(headers);
    }
}
