package dev.signalbox.server.topics;

import dev.signalbox.router.TopicPolicy.Scope;
import dev.signalbox.router.TopicPolicy.SlowConsumer;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The keys of topics. */
final class TopicKeys {
    private static final Kind<List<String>> CLIENTS = new Kind<>(
            "ids of clients with blanks in between, `*` for all, or nothing",
            text -> text.isBlank() ? List.of() : List.of(text.strip().split("\\s+")));

    static final Key<Integer> MAX = Key.of(
            "topics.max",
            Kind.whole(1, 1_000_000),
            "10000",
            "The most topics at a time. One ends when nobody subscribes to it and it keeps no message.");
    static final Key<Integer> PER_SESSION = Key.of(
            "topics.per-session",
            Kind.whole(1, 10_000),
            "100",
            "The most topics that one session of a client subscribes to.");
    static final Key<String> NAME = Key.optional(
            "topics.rules.*.name",
            Kind.matching(
                    "the name of a topic, or its beginning and an asterisk: up to 128 characters of A-Z a-z 0-9 . _ ~"
                            + " @ + : / = -",
                    Pattern.compile("[A-Za-z0-9._~@+:/=-]{1,128}|[A-Za-z0-9._~@+:/=-]{0,127}\\*")),
            "The topics that a rule is for; of several rules the first that fits counts. Clients use no topic without"
                    + " a rule. Required.");
    static final Key<List<String>> PUBLISH = Key.of(
            "topics.rules.*.publish",
            CLIENTS,
            "",
            "The clients that may publish to them, with blanks in between; `*` is all.");
    static final Key<List<String>> SUBSCRIBE = Key.of(
            "topics.rules.*.subscribe",
            CLIENTS,
            "",
            "The clients that may subscribe to them, with blanks in between; `*` is all.");
    static final Key<Integer> COUNT = Key.of(
            "topics.rules.*.history.count",
            Kind.whole(0, 1_000_000),
            "1000",
            "The most messages that each topic keeps, for those who come back or lag.");
    static final Key<Long> BYTES =
            Key.of("topics.rules.*.history.size", Kind.size("0", "1GiB"), "1MiB", "The most bytes of them.");
    static final Key<Duration> AGE =
            Key.of("topics.rules.*.history.age", Kind.duration("0s", "365d"), "5m", "How long each is kept.");
    static final Key<Scope> SCOPE = Key.of(
            "topics.rules.*.history.scope",
            Kind.oneOf(Scope.class),
            "node",
            "Whose the history, the order and the offsets are: each `node`'s own, or the `cluster`'s, kept by the broker of"
                    + " `cluster.link`, so that a client goes on without a gap on whichever node it comes to.");
    static final Key<SlowConsumer> SLOW = Key.of(
            "topics.rules.*.slow",
            Kind.oneOf(SlowConsumer.class),
            "gap",
            "What becomes of a client that does not read before messages are gone: it is told the gap, or"
                    + " disconnected.");

    static final Key<String> CONFLATE = Key.optional(
            "topics.rules.*.conflate",
            Kind.matching("the name of a header: 1 to 64 visible ASCII characters", Pattern.compile("[!-~]{1,64}")),
            "The header whose value is a message's key. A client that does not keep up, or comes back, then gets only the newest"
                    + " message of each key, and is told which others it does not get. Without it, it gets all that are kept.");

    static final Key<Boolean> PRESENCE = Key.of(
            "topics.rules.*.presence",
            Kind.truth(),
            "false",
            "Whether those who may subscribe may know who else does: as a list, and as changes in the topic of this name with"
                    + " `~presence` at its end.");

    static final List<Key<?>> ALL =
            List.of(MAX, PER_SESSION, NAME, PUBLISH, SUBSCRIBE, COUNT, BYTES, AGE, SCOPE, SLOW, CONFLATE, PRESENCE);

    private TopicKeys() {}
}
