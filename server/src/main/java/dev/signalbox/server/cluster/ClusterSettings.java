package dev.signalbox.server.cluster;

import dev.signalbox.router.ClusterOptions;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.Secret;
import dev.signalbox.server.node.NodeName;
import java.nio.file.Path;
import java.util.Optional;

/** How a node finds the others; {@code options} is empty if it is alone. */
record ClusterSettings(Link link, Secret url, Optional<Path> caFile, String prefix, Optional<ClusterOptions> options) {
    private static final int BEATS = 3;

    /** Over what nodes reach each other. */
    enum Link {
        NONE,
        REDIS,
        NATS;

        /** Whether it takes a URL that begins so. */
        private boolean takes(String url) {
            return this == NONE || (this == REDIS) == url.startsWith("redis");
        }
    }

    /** What becomes of what is sent while the broker is away. */
    enum Away {
        REFUSE,
        WAIT
    }

    static ClusterSettings read(Reading reading) {
        Link link = reading.get(ClusterKeys.LINK);
        requireWith(reading, link, ClusterKeys.URL);
        requireWith(reading, link, ClusterKeys.SECRET);
        String url = reading.find(ClusterKeys.URL).orElse("");
        reading.check(
                url.isEmpty() || link.takes(url),
                ClusterKeys.URL,
                "is none of " + ClusterKeys.LINK.path()
                        + ": a URL of Redis begins with redis or rediss, one of NATS with" + " nats or tls");
        return new ClusterSettings(
                link,
                new Secret(url),
                reading.find(ClusterKeys.CA_FILE),
                reading.get(ClusterKeys.PREFIX),
                options(reading, link));
    }

    private static void requireWith(Reading reading, Link link, Key<?> key) {
        reading.check(
                link == Link.NONE || reading.isGiven(key), key, "is required with this " + ClusterKeys.LINK.path());
    }

    private static Optional<ClusterOptions> options(Reading reading, Link link) {
        var heartbeat = reading.get(ClusterKeys.HEARTBEAT);
        var lease = reading.get(ClusterKeys.LEASE);
        boolean fits = heartbeat.toNanos() * BEATS <= lease.toNanos();
        reading.check(fits, ClusterKeys.LEASE, "must be three times " + ClusterKeys.HEARTBEAT.path() + " at least");
        Optional<String> secret = reading.find(ClusterKeys.SECRET);
        if (link == Link.NONE || !fits || secret.isEmpty()) {
            return Optional.empty();
        }
        String node = reading.find(ClusterKeys.NODE).orElseGet(NodeName::byDefault);
        return Optional.of(ClusterOptions.of(node, secret.get())
                .withTimes(heartbeat, lease)
                .withWaitingBytes(reading.get(ClusterKeys.WAITING))
                .withBuffer(reading.get(ClusterKeys.WHEN_AWAY) == Away.WAIT));
    }
}
