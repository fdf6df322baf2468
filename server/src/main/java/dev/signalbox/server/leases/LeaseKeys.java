package dev.signalbox.server.leases;

import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The keys of leases between nodes. */
final class LeaseKeys {
    static final Key<LeaseSettings.Active> ACTIVE = Key.of(
            "delivery.active",
            Kind.oneOf(LeaseSettings.Active.class),
            "all",
            "Which nodes send: `all` share the queue, or `one` alone does, and another takes over when it is gone.");
    static final Key<String> GROUP = Key.of(
            "ha.group",
            Kind.name(),
            "signalbox",
            "Nodes of one group and one store have one leader. For `delivery.active: one`, as are all keys of `ha`.");
    static final Key<String> NODE = Key.optional(
            "ha.node",
            Kind.name(),
            "What people know this node by. By default the name of the host and the process id.");
    static final Key<Duration> LEASE = Key.of(
            "ha.lease",
            Kind.duration("1s", "1h"),
            "10s",
            "How long a leader that froze or cannot be reached keeps the others waiting, and one that was killed where the"
                    + " lease is not in PostgreSQL; a leader that cannot renew stops a tenth earlier.");

    static final Key<LeaseSettings.Store> STORE = Key.of(
            "ha.store",
            Kind.oneOf(LeaseSettings.Store.class),
            "database",
            "Where the lease is kept that makes a node the leader. With `peer` there is none: two nodes watch each other,"
                    + " which is advisory.");
    static final Key<String> REDIS_URL = Key.secret(
            "ha.redis.url",
            Kind.matching("redis://HOST or rediss://HOST", Pattern.compile("rediss?(-sentinel)?://.{1,1000}")),
            "The Redis of `ha.store: redis`, with user and password if it has them.");
    static final Key<String> REDIS_PREFIX = Key.of(
            "ha.redis.prefix",
            Kind.matching("up to 100 letters, digits, or any of . _ : / -", Pattern.compile("[A-Za-z0-9._:/-]{0,100}")),
            "signalbox:lease:",
            "How the names of the keys in Redis begin.");
    static final Key<List<URI>> ETCD_ENDPOINTS = Key.optional(
            "ha.etcd.endpoints",
            new Kind<>("http or https URLs with hosts, without credentials, with blanks in between", LeaseKeys::urls),
            "The members of `ha.store: etcd`, such as `https://etcd-1:2379 https://etcd-2:2379`.");
    static final Key<String> ETCD_USER =
            Key.optional("ha.etcd.user", Kind.text("1 to 128 characters", 1, 128), "A user of etcd, if it wants one.");
    static final Key<String> ETCD_PASSWORD =
            Key.secret("ha.etcd.password", Kind.text("up to 1024 characters", 0, 1024), "The password of that user.");

    static final List<Key<?>> ALL = List.of(
            ACTIVE, GROUP, NODE, LEASE, STORE, REDIS_URL, REDIS_PREFIX, ETCD_ENDPOINTS, ETCD_USER, ETCD_PASSWORD);

    private static List<URI> urls(String text) {
        return Pattern.compile("\\s+")
                .splitAsStream(text.strip())
                .map(Kind.base().read())
                .toList();
    }

    private LeaseKeys() {}
}
