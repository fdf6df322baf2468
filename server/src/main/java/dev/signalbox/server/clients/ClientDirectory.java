package dev.signalbox.server.clients;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The connected clients, as people see them. Thread-safe, and cheap enough to ask every second. */
public interface ClientDirectory {

    /** One connected client. {@code address} is the remote end, in whatever form its endpoint writes it. */
    record ConnectedClient(
            String id,
            String address,
            Instant connectedAt,
            Optional<Instant> lastMessageAt,
            Map<String, String> metadata) {}

    int connected();

    /** At most {@code limit} clients whose ids begin with {@code prefix}, in the order of their ids, behind {@code after}. */
    List<ConnectedClient> page(String prefix, Optional<String> after, int limit);
}
