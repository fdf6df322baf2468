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
    static final Key<String> REDIS_NAMESPACE = Key.of(
            "session.redis.namespace",
            Kind.matching("1 to 100 letters, digits, or any of . _ : / -", Pattern.compile("[A-Za-z0-9._:/-]{1,100}")),
            "signalbox",
            "How the names of all keys in Redis begin, in braces. Nodes with the same one share their sessions.");

    static final Key<String> MONGODB_URL = Key.secret(
            "session.mongodb.url",
            Kind.matching("mongodb://HOST/DATABASE", Pattern.compile("mongodb(\\+srv)?://.{1,1000}")),
            "The replica set of `session.store: mongodb`, with user and password if it has them. Without a database in it,"
                    + " that is `signalbox`.");

    static final Key<String> MONGODB_COLLECTION = Key.of(
            "session.mongodb.collection",
            Kind.matching(
                    "1 to 100 letters, digits, dots, hyphens or underscores, the first one no dot or hyphen and not `system.`",
                    Pattern.compile("(?!system\\.)\\w[\\w.-]{0,99}")),
            "session",
            "The collection of events in MongoDB; three more begin with its name. Nodes with the same one share their"
                    + " sessions.");

    static final Key<Duration> LIVENESS = Key.of(
            "session.liveness",
            Kind.duration("100ms", "5m"),
            "10s",
            "Within what time it is noticed that the other end of the connection that tells of new events vanished.");

    static final Key<Duration> PATIENCE = Key.of(
            "session.patience",
            Kind.duration("10ms", "5m"),
            "30s",
            "How long an event may take until it is appended or its sender is told that it is not. A stop waits no longer.");
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

    static final List<Key<?>> ALL = List.of(
            STORE,
            REDIS_URL,
            REDIS_NAMESPACE,
            MONGODB_URL,
            MONGODB_COLLECTION,
            LIVENESS,
            PATIENCE,
            MAX_EVENTS,
            MAX_AGE,
            MAX_EVENT,
            MAX_STREAMS,
            CLIENT_SESSIONS);

    private SessionKeys() {}
}
