package dev.signalbox.server.leases;

import dev.signalbox.database.Dialect;
import dev.signalbox.ha.etcd.EtcdLeases;
import dev.signalbox.ha.lease.DatabaseLeases;
import dev.signalbox.ha.lease.LeaseException;
import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.ha.redis.RedisLeases;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Secret;
import dev.signalbox.server.node.Node;
import dev.signalbox.server.node.StartupException;
import io.lettuce.core.RedisClient;
import java.net.http.HttpClient;
import java.time.Duration;

/** Opens the store of the leases as configured, with the client that it needs. */
final class LeaseStores {
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private LeaseStores() {}

    /** What it opens is closed with the node. */
    static LeaseStore open(LeaseSettings settings, Node node) {
        return switch (settings.store()) {
            case DATABASE -> database(node);
            case REDIS -> redis(settings, node);
            case ETCD -> etcd(settings, node);
            case PEER -> throw new IllegalStateException("two peers keep no leases");
        };
    }

    /** A moment with two leaders does no harm: each message is under the queue's own lease, whichever node leads. */
    private static LeaseStore database(Node node) {
        try {
            return node.database().dialect() == Dialect.POSTGRESQL
                    ? DatabaseLeases.openWithEarlyTakeover(node.database())
                    : DatabaseLeases.open(node.database());
        } catch (LeaseException e) {
            throw new StartupException(FailureText.of(e), e);
        }
    }

    private static LeaseStore redis(LeaseSettings settings, Node node) {
        RedisClient client = client(settings);
        node.closing(client::shutdown);
        return RedisLeases.open(client, settings.redisPrefix(), timeout(settings));
    }

    /** The driver's own message quotes the URL, and with it the password. */
    private static RedisClient client(LeaseSettings settings) {
        try {
            return RedisClient.create(settings.redisUrl().map(Secret::value).orElseThrow());
        } catch (IllegalArgumentException e) {
            throw new StartupException(
                    LeaseKeys.REDIS_URL.path() + " is malformed; its value is not shown, since it may hold a password."
                            + " Percent-encode what is special in user and password",
                    null);
        }
    }

    private static LeaseStore etcd(LeaseSettings settings, Node node) {
        Duration timeout = timeout(settings);
        HttpClient client = HttpClient.newBuilder().connectTimeout(timeout).build();
        node.closing(client::shutdownNow);
        return EtcdLeases.open(
                client, settings.etcdEndpoints(), "/signalbox/lease/", settings.etcdCredentials(), timeout);
    }

    /** Two attempts fit between a renewal that is due and the deadline. */
    private static Duration timeout(LeaseSettings settings) {
        Duration quarter = settings.options().ttl().dividedBy(4);
        return quarter.compareTo(LONGEST) < 0 ? quarter : LONGEST;
    }
}
