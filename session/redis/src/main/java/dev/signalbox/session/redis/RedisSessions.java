package dev.signalbox.session.redis;

import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionStore;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.regex.Pattern;

/**
 * Keeps sessions in Redis Streams: a stream a session, whose ids are {@code 0-<offset>}. Needs Redis 7.0 or newer; what
 * speaks its protocol and says so will do.
 *
 * <p>An event is as durable as the server makes it: with {@code appendfsync always} a crash of the server loses nothing that was
 * acknowledged; with {@code everysec}, or when a replica takes over, the last events may be lost. Subscribers are told of that as a
 * gap, or as a rewind.
 *
 * <p>Two connections are opened on the caller's client, whatever the number of sessions. The client is never closed or changed.
 * All keys of a namespace share a hash tag, so on a cluster they would live in one slot; this has not been tried on a live
 * cluster.
 */
public final class RedisSessions {
    /** How long one command may take. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9._:/-]{1,100}");

    private RedisSessions() {}

    /**
     * Opens the sessions of a namespace; all who use the same share them.
     *
     * @param namespace 1 to 100 letters, digits and any of {@code . _ : / -}
     * @throws IllegalArgumentException if the namespace is not allowed
     * @throws dev.signalbox.session.bus.SessionBusException if the server is too old
     * @throws dev.signalbox.session.bus.SessionUnavailableException if it cannot be reached
     */
    public static SessionStore open(RedisClient client, String namespace, Retention retention) {
        return open(client, namespace, retention, InstantSource.system());
    }

    /** The same with a clock of one's own. */
    public static SessionStore open(RedisClient client, String namespace, Retention retention, InstantSource clock) {
        return open(client, namespace, retention, clock, TIMEOUT);
    }

    /** @param timeout how long one command may take before it counts as lost */
    static RedisStore open(
            RedisClient client, String namespace, Retention retention, InstantSource clock, Duration timeout) {
        if (!NAMESPACE.matcher(namespace).matches()) {
            throw new IllegalArgumentException("namespace is \"" + namespace
                    + "\"; give 1 to 100 letters, digits, dots, dashes, underscores, colons or slashes");
        }
        RedisStore store = new RedisStore(client, new Keys(namespace), retention, clock, timeout);
        try {
            store.requireVersion();
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }
}
