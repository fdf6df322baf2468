package dev.signalbox.server.clients;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The connected sessions of clients, as people see them. Thread-safe, and cheap enough to ask every second. */
public interface ClientDirectory {

    /**
     * One session. {@code id} is the client's, which may have several; {@code address} is the remote end, in whatever form its
     * endpoint writes it. {@code connected} is false while the session waits for its client to come back. {@code node} is the name of
     * the one that it is on, in a cluster.
     */
    record ConnectedClient(
            String id,
            UUID session,
            String address,
            Instant connectedAt,
            Optional<Instant> lastMessageAt,
            Map<String, String> metadata,
            boolean connected,
            Optional<String> node) {

        /** Where it stands in the order of the list: an exclamation mark comes before all that an id can hold. */
        public String place() {
            return id + "!" + session;
        }
    }

    /** How many sessions this node has. */
    int connected();

    /** How many there are on all nodes. */
    default int total() {
        return connected();
    }

    /** At most {@code limit} sessions of clients whose ids begin with {@code prefix}, in their order, behind {@code after}. */
    List<ConnectedClient> page(String prefix, Optional<String> after, int limit);
}
