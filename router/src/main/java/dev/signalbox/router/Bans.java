package dev.signalbox.router;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The users who may not connect for some time. In memory, and bounded. Thread-safe. */
final class Bans {
    static final int MOST = 10_000;

    private final InstantSource clock;
    private final Map<String, Instant> ends = new ConcurrentHashMap<>();

    Bans(InstantSource clock) {
        this.clock = clock;
    }

    /** Begins a ban, or changes its end. False if {@link #MOST} others are banned. */
    synchronized boolean add(String user, Instant end) {
        Instant now = clock.instant();
        ends.values().removeIf(each -> !each.isAfter(now));
        if (ends.size() >= MOST && !ends.containsKey(user)) {
            return false;
        }
        ends.put(user, end);
        return true;
    }

    /** Its end; empty if the user is not banned, or no longer. */
    Optional<Instant> end(String user) {
        return Optional.ofNullable(ends.get(user)).filter(end -> end.isAfter(clock.instant()));
    }

    /** False if the user was not banned. */
    synchronized boolean lift(String user) {
        boolean banned = end(user).isPresent();
        ends.remove(user);
        return banned;
    }
}
