package dev.signalbox.server.leases;

import dev.signalbox.ha.etcd.EtcdCredentials;
import dev.signalbox.ha.lease.LeaseOptions;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.Secret;
import dev.signalbox.server.node.NodeName;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Who sends, and how the one that does is found. */
record LeaseSettings(
        Active active,
        String group,
        String node,
        LeaseOptions options,
        Store store,
        Optional<Secret> redisUrl,
        String redisPrefix,
        List<URI> etcdEndpoints,
        Optional<EtcdCredentials> etcdCredentials,
        Optional<PeerSettings> peer) {
    private static final Duration OFTEN = Duration.ofMillis(100);
    private static final Duration SELDOM = Duration.ofSeconds(1);

    /** Which nodes send. */
    enum Active {
        ALL,
        ONE
    }

    /** Where leases are kept; with PEER there are none. */
    enum Store {
        DATABASE,
        REDIS,
        ETCD,
        PEER
    }

    static LeaseSettings read(Reading reading) {
        Duration ttl = reading.get(LeaseKeys.LEASE);
        Store store = store(reading);
        Optional<PeerSettings> peer = PeerSettings.read(reading);
        return new LeaseSettings(
                reading.get(LeaseKeys.ACTIVE),
                reading.get(LeaseKeys.GROUP),
                reading.find(LeaseKeys.NODE).orElseGet(NodeName::byDefault),
                LeaseOptions.DEFAULT.withTtl(ttl).withPoll(poll(ttl)),
                store,
                reading.find(LeaseKeys.REDIS_URL).map(Secret::new),
                reading.get(LeaseKeys.REDIS_PREFIX),
                reading.find(LeaseKeys.ETCD_ENDPOINTS).orElse(List.of()),
                credentials(reading),
                peer.filter(given -> store == Store.PEER));
    }

    private static Store store(Reading reading) {
        Store store = reading.get(LeaseKeys.STORE);
        requireWith(reading, store == Store.REDIS, LeaseKeys.REDIS_URL);
        requireWith(reading, store == Store.ETCD, LeaseKeys.ETCD_ENDPOINTS);
        requireWith(reading, store == Store.PEER, PeerKeys.URL);
        return store;
    }

    private static void requireWith(Reading reading, boolean needed, Key<?> key) {
        reading.check(!needed || reading.isGiven(key), key, "is required with this " + LeaseKeys.STORE.path());
    }

    private static Optional<EtcdCredentials> credentials(Reading reading) {
        return reading.find(LeaseKeys.ETCD_USER)
                .map(user -> new EtcdCredentials(
                        user, reading.find(LeaseKeys.ETCD_PASSWORD).orElse("")));
    }

    /** A twentieth of the time to live, within bounds. */
    private static Duration poll(Duration ttl) {
        Duration poll = Duration.ofNanos(ttl.toNanos() / 20);
        if (poll.compareTo(OFTEN) < 0) {
            return OFTEN;
        }
        return poll.compareTo(SELDOM) > 0 ? SELDOM : poll;
    }
}
