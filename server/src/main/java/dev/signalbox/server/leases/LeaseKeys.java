package dev.signalbox.server.leases;

import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.time.Duration;
import java.util.List;

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
            "How long a leader that vanished keeps the others waiting; a leader that cannot renew stops a tenth"
                    + " earlier.");

    static final List<Key<?>> ALL = List.of(ACTIVE, GROUP, NODE, LEASE);

    private LeaseKeys() {}
}
