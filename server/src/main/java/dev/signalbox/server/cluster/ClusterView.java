package dev.signalbox.server.cluster;

import dev.signalbox.router.Cluster;
import dev.signalbox.router.ClusterCounts;
import dev.signalbox.router.ClusterNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * The cluster as the API and people see it, from one of its nodes.
 *
 * @param link {@code none}, {@code redis} or {@code nats}
 * @param problem what does not work now, and why
 * @param nodes this one first; empty if it is alone
 * @param traffic of this node's link; empty if it is alone
 */
record ClusterView(String link, Optional<String> problem, List<NodeView> nodes, Optional<ClusterCounts> traffic) {

    /** A node. {@code silent} is how long nothing was heard of it, in milliseconds. */
    record NodeView(
            UUID id,
            String name,
            boolean self,
            Instant since,
            long silent,
            boolean draining,
            int clients,
            List<String> logics) {

        private static NodeView of(ClusterNode node, Instant now) {
            return new NodeView(
                    node.id(),
                    node.name(),
                    node.self(),
                    node.since(),
                    Math.max(0, now.toEpochMilli() - node.heardAt().toEpochMilli()),
                    node.draining(),
                    node.sessions(),
                    node.logics());
        }
    }

    static ClusterView alone() {
        return new ClusterView("none", Optional.empty(), List.of(), Optional.empty());
    }

    static ClusterView of(ClusterSettings.Link link, Cluster cluster, Instant now) {
        return new ClusterView(
                link.name().toLowerCase(Locale.ROOT),
                cluster.problem(),
                cluster.nodes().stream().map(each -> NodeView.of(each, now)).toList(),
                Optional.of(cluster.counts()));
    }
}
