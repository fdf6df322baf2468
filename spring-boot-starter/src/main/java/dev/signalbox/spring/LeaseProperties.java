package dev.signalbox.spring;

import dev.signalbox.ha.lease.LeaseOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Leases, for methods that run on one node.
 *
 * @param enabled Whether there are leases.
 * @param node What people know this node by. By default the id of the process and the name of the host.
 * @param ttl How long a lease lasts unless it is renewed, and so how long it takes until another node takes over from one that was killed.
 * @param poll How often a node that waits for a lease asks for it.
 */
@ConfigurationProperties("signalbox.leases")
record LeaseProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String node,
        @DefaultValue("10s") Duration ttl,
        @DefaultValue("1s") Duration poll) {

    LeaseOptions options() {
        return LeaseOptions.DEFAULT.withTtl(ttl).withPoll(poll);
    }
}
