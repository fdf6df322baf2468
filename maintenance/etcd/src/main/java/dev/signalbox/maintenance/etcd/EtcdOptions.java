package dev.signalbox.maintenance.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Which key of which etcd. Immutable.
 *
 * @param endpoints client URLs of its members, such as {@code https://etcd-1:2379}; tried in turn
 * @param key such as {@code /maintenance/my-service}; 1 to 1,024 bytes
 * @param user if etcd asks for one
 * @param timeout how long one request may take; default 5 s
 */
public record EtcdOptions(List<URI> endpoints, String key, Optional<User> user, Duration timeout) {

    /** A user of etcd. */
    public record User(String name, String password) {
        @Override
        public String toString() {
            return "User[name=" + name + ", password=***]";
        }
    }

    /** Checks each. @throws IllegalArgumentException naming the option that is wrong */
    public EtcdOptions {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("endpoints must name at least one, such as http://127.0.0.1:2379");
        }
        endpoints.forEach(EtcdOptions::requireHttp);
        if (key.isEmpty() || key.length() > 1024) {
            throw new IllegalArgumentException("key must have 1 to 1024 characters");
        }
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("timeout must be longer than 0, not " + timeout);
        }
    }

    private static void requireHttp(URI endpoint) {
        if (endpoint.getHost() == null || !List.of("http", "https").contains(endpoint.getScheme())) {
            throw new IllegalArgumentException("endpoint " + endpoint + " must be like https://host:2379");
        }
    }

    /** Without a user, 5 s a request. */
    public static EtcdOptions of(String key, URI... endpoints) {
        return new EtcdOptions(List.of(endpoints), key, Optional.empty(), Duration.ofSeconds(5));
    }

    public EtcdOptions withUser(String name, String password) {
        return new EtcdOptions(endpoints, key, Optional.of(new User(name, password)), timeout);
    }

    public EtcdOptions withTimeout(Duration changed) {
        return new EtcdOptions(endpoints, key, user, changed);
    }
}
