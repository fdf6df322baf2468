package dev.signalbox.router;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A node of the cluster at the moment of asking.
 *
 * @param id names one run of it: after a restart it has another
 * @param name for people, as configured
 * @param self whether it is the node that was asked
 * @param since when it joined, by its own clock
 * @param heardAt its last sign of life, by the asked node's clock
 * @param draining whether it takes no more work
 * @param sessions how many it has
 * @param logics that it has, sorted
 */
public record ClusterNode(
        UUID id,
        String name,
        boolean self,
        Instant since,
        Instant heardAt,
        boolean draining,
        int sessions,
        List<String> logics) {
    public ClusterNode {
        logics = List.copyOf(logics);
    }
}
