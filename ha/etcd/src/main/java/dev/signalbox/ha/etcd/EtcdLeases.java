package dev.signalbox.ha.etcd;

import dev.signalbox.ha.lease.LeaseStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Leases in etcd 3.4 or newer. An epoch is the revision at which the lease was taken, which only grows, and a majority knows of it.
 *
 * <p>It speaks to the JSON gateway that each etcd has, by one request and one answer for each step. So there is no stream that could
 * end unnoticed: a renewal is a request that succeeds or fails, and a watch is only a hint.
 *
 * <p>One that asks for a lease again and again takes it when it has seen no renewal for the time to live, by its own monotonic clock. Where
 * nobody asks, it ends with a lease of etcd, which counts whole seconds, two at least, and counts anew after a restart or an election.
 * Each renewal is one small change in etcd, whose history grows until it is compacted ({@code --auto-compaction-retention}).
 */
public final class EtcdLeases {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private EtcdLeases() {}

    /**
     * Opens the leases below a prefix. The client stays the caller's; its TLS settings are those of the connections.
     *
     * @param endpoints at least one, such as {@code https://etcd-1:2379}; the next is asked where one cannot be reached
     * @param prefix of all keys, such as {@code /signalbox/lease/}
     */
    public static LeaseStore open(HttpClient client, List<URI> endpoints, String prefix) {
        return open(client, endpoints, prefix, Optional.empty(), TIMEOUT);
    }

    /**
     * The same where etcd wants to know who asks.
     *
     * @param timeout after which a request counts as lost; a third of the leases' time to live at most
     */
    public static LeaseStore open(
            HttpClient client,
            List<URI> endpoints,
            String prefix,
            Optional<EtcdCredentials> credentials,
            Duration timeout) {
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("give at least one endpoint of etcd");
        }
        return new EtcdStore(new Gateway(client, endpoints, credentials, timeout), prefix, System::nanoTime);
    }
}
