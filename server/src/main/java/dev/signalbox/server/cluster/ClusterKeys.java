package dev.signalbox.server.cluster;

import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The keys of several nodes that act as one. */
final class ClusterKeys {
    private static final int LEAST_SECRET = 32;

    static final Key<ClusterSettings.Link> LINK = Key.of(
            "cluster.link",
            Kind.oneOf(ClusterSettings.Link.class),
            "none",
            "Over what nodes reach each other's clients, logic and topics: `redis` or `nats`; with `none` each is alone.");
    static final Key<String> URL = Key.secret(
            "cluster.url",
            Kind.matching(
                    "redis://HOST, rediss://HOST, redis-sentinel://HOST#MASTER, nats://HOST or tls://HOST",
                    Pattern.compile("(rediss?(-sentinel)?|nats|tls)://.{1,1000}")),
            "The broker of `cluster.link`, with user and password if it has them; several with commas in between.");
    static final Key<Path> CA_FILE = Key.optional(
            "cluster.ca-file", Kind.certificates(), "The certificates to trust at the broker, in place of the JVM's.");
    static final Key<String> PREFIX = Key.of(
            "cluster.prefix",
            Kind.matching(
                    "1 to 64 letters, digits, _ or -, and dots in between",
                    Pattern.compile("(?=.{1,64}$)[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*")),
            "signalbox",
            "How the names of all channels begin. Nodes of one cluster have the same one.");
    static final Key<String> SECRET = Key.secret(
            "cluster.secret",
            Kind.text("32 to 1024 characters", LEAST_SECRET, 1_024),
            "Signs what nodes say to each other, so that nobody else who reaches the broker can. The same on all nodes.");
    static final Key<String> NODE = Key.optional(
            "cluster.node",
            Kind.matching("1 to 64 letters, digits, or any of . _ -", Pattern.compile("[A-Za-z0-9._-]{1,64}")),
            "What people know this node by. By default the name of the host and the process id.");
    static final Key<Duration> HEARTBEAT = Key.of(
            "cluster.heartbeat",
            Kind.duration("100ms", "5s"),
            "3s",
            "How often a node tells the others that it lives.");
    static final Key<Duration> LEASE = Key.of(
            "cluster.lease",
            Kind.duration("300ms", "15s"),
            "10s",
            "After how long a silent node is gone, with its clients; at least three times `cluster.heartbeat`.");
    static final Key<ClusterSettings.Away> WHEN_AWAY = Key.of(
            "cluster.when-away",
            Kind.oneOf(ClusterSettings.Away.class),
            "refuse",
            "What is sent to other nodes while the broker is away: `refuse` it at once, or let it `wait` in memory, for"
                    + " `cluster.lease` at most.");
    static final Key<Long> WAITING = Key.of(
            "cluster.waiting",
            Kind.size("1MiB", "1GiB"),
            "16MiB",
            "What may wait to be sent to one node, or to all; what is beyond is refused to its sender.");

    static final List<Key<?>> ALL =
            List.of(LINK, URL, CA_FILE, PREFIX, SECRET, NODE, HEARTBEAT, LEASE, WHEN_AWAY, WAITING);

    private ClusterKeys() {}
}
