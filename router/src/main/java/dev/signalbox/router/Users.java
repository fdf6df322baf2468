package dev.signalbox.router;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The users who have a session, or for whom something waits to be acknowledged, and all sessions. Thread-safe; bounded by what
 * the endpoints accept and what may wait.
 */
final class Users {
    private final Map<String, User> byId = new ConcurrentHashMap<>();
    private final Map<UUID, LiveSession> sessions = new ConcurrentHashMap<>();
    private final Function<String, User> factory;

    Users(Function<String, User> factory) {
        this.factory = factory;
    }

    @Nullable
    User find(String id) {
        return byId.get(id);
    }

    @Nullable
    LiveSession session(UUID id) {
        return sessions.get(id);
    }

    Collection<LiveSession> sessions() {
        return sessions.values();
    }

    int connected() {
        return sessions.size();
    }

    /** Does something with a user who is made if unknown. The action's answer is empty if the user was retired meanwhile. */
    <T> T with(String id, Function<User, Optional<T>> action) {
        while (true) {
            User user = byId.computeIfAbsent(id, factory);
            Optional<T> answer = action.apply(user);
            if (answer.isPresent()) {
                return answer.get();
            }
            byId.remove(id, user);
        }
    }

    void add(LiveSession session) {
        sessions.put(session.address().id(), session);
    }

    void remove(LiveSession session) {
        sessions.remove(session.address().id());
    }

    /** Forgets a user with no session for whom nothing waits. */
    void retire(User user) {
        if (user.retire()) {
            byId.remove(user.address().id(), user);
        }
    }
}
