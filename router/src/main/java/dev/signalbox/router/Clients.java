package dev.signalbox.router;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Who is connected. Thread-safe; bounded by what the endpoints accept. */
final class Clients {
    private final Map<String, LiveClient> byId = new ConcurrentHashMap<>();

    @Nullable
    LiveClient find(String id) {
        return byId.get(id);
    }

    /** Puts it in the place of the one with its id, which is returned. */
    @Nullable
    LiveClient replace(LiveClient client) {
        return byId.put(client.address().id(), client);
    }

    boolean addIfAbsent(LiveClient client) {
        return byId.putIfAbsent(client.address().id(), client) == null;
    }

    /** Removes just this connection: a newer one with the same id stays. */
    void remove(LiveClient client) {
        byId.remove(client.address().id(), client);
    }

    Collection<LiveClient> all() {
        return byId.values();
    }

    int size() {
        return byId.size();
    }
}
