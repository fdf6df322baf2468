package dev.signalbox.router;

import org.jspecify.annotations.Nullable;

/** This node's part in a cluster, once it has joined one. Thread-safe. */
final class Membership {
    private volatile @Nullable ClusterMember member;

    /** From now on there are other nodes. */
    void join(ClusterMember joined) {
        member = joined;
    }

    /** Null as long as this node is alone. */
    @Nullable
    ClusterMember member() {
        return member;
    }
}
