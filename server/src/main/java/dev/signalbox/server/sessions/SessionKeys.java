package dev.signalbox.server.sessions;

import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The keys of the session bus. */
final class SessionKeys {

    static final Key<SessionSettings.Store> STORE = Key.optional(
            "session.store",
            Kind.oneOf(SessionSettings.Store.class),
            "Where session events are kept. By default `database` if that is PostgreSQL, else `memory`, which a restart"
                    + " forgets.");
    static final Key<String> REDIS_URL = Key.secret(
            "session.redis.url",
            Kind.matching("redis://HOST or rediss://HOST", Pattern.compile("rediss?(-sentinel)?://.{1,1000}")),
            "The Redis of `session.store: redis`, with user and password if it has them.");
    static final Key<String> MONGODB_URL = Key.secret(
            "session.mongodb.url",
            Kind.matching("mongodb://HOST/DATABASE", Pattern.compile("mongodb(\\+srv)?://.{1,1000}")),
            "The replica set of `session.store: mongodb`, with user and password if it has them.");
    static final Key<Integer> MAX_EVENTS = Key.of(
            "session.retention.max-events",
            Kind.whole(1, 1_000_000_000),
            "10000",
            "The most events that are kept of each session; the oldest go first.");
    static final Key<Duration> MAX_AGE = Key.of(
            "session.retention.max-age", Kind.duration("1s", "10000d"), "7d", "How long an event is kept at most.");
    static final Key<Long> MAX_EVENT =
            Key.of("session.max-event", Kind.size("1KiB", "1MiB"), "64KiB", "The largest event.");
    static final Key<Integer> MAX_STREAMS = Key.of(
            "session.max-streams",
            Kind.whole(1, 400),
            "200",
            "The most streams of events (SSE) at a time on the control port.");
    static final Key<String> CLIENT_SESSIONS = Key.of(
            "session.client-sessions",
            Kind.text("up to 1000 characters", 0, 1_000),
            "{client} {client}/*",
            "Which sessions a client may follow and append to: patterns with blanks in between, in which `{client}` is"
                    + " its id and `*` anything. Empty for none.");

    static final List<Key<?>> ALL =
            List.of(STORE, REDIS_URL, MONGODB_URL, MAX_EVENTS, MAX_AGE, MAX_EVENT, MAX_STREAMS, CLIENT_SESSIONS);

    private SessionKeys() {}
}
