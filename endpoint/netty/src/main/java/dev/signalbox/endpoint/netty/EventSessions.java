package dev.signalbox.endpoint.netty;

import io.netty.channel.Channel;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The clients over HTTP, by their secrets: everyone who knows one may speak for that client and take its stream over. Thread-safe.
 * There are no more of them than there may be connections.
 */
final class EventSessions {
    private static final int SECRET_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final NettyEndpoint endpoint;
    private final WebSocketOptions.Events options;
    private final Map<String, EventSession> bySecret = new ConcurrentHashMap<>();

    EventSessions(NettyEndpoint endpoint, WebSocketOptions.Events options) {
        this.endpoint = endpoint;
        this.options = options;
    }

    WebSocketOptions.Events options() {
        return options;
    }

    /** Empty if there are as many as may be. */
    Optional<EventSession> open(Peer peer, Greeting greeting, Channel stream) {
        if (bySecret.size() >= endpoint.listening().limits().maxConnections()) {
            return Optional.empty();
        }
        byte[] bytes = new byte[SECRET_BYTES];
        RANDOM.nextBytes(bytes);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        EventSession session = new EventSession(
                endpoint, peer, greeting, stream, secret, options.resume(), () -> bySecret.remove(secret));
        bySecret.put(secret, session);
        return Optional.of(session);
    }

    Optional<EventSession> find(@Nullable String secret) {
        return secret == null ? Optional.empty() : Optional.ofNullable(bySecret.get(secret));
    }

    /** A place in a stream: the id of the last event that a client has seen. */
    record Place(EventSession session, long after) {}

    /** Empty if it is none of a session that is there. */
    Optional<Place> place(@Nullable String id) {
        int dot = id == null ? -1 : id.indexOf('.');
        if (id == null || dot < 0 || !id.substring(dot + 1).matches("[0-9]{1,18}")) {
            return Optional.empty();
        }
        long after = Long.parseLong(id.substring(dot + 1));
        return find(id.substring(0, dot)).map(session -> new Place(session, after));
    }

    /** Does something with each, on its event loop. */
    void forEach(Consumer<EventSession> action) {
        bySecret.values().forEach(session -> session.execute(() -> action.accept(session)));
    }
}
