package dev.signalbox.server.cluster;

import dev.signalbox.router.Cluster;
import dev.signalbox.router.ClusterCounts;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What a node's link carries, and how many nodes there are. */
final class ClusterMetrics {
    private final Cluster cluster;
    private final String link;
    private final MeterRegistry registry;

    private ClusterMetrics(Cluster cluster, String link, MeterRegistry registry) {
        this.cluster = cluster;
        this.link = link;
        this.registry = registry;
    }

    static void bind(Cluster cluster, ClusterSettings.Link link, MeterRegistry registry) {
        new ClusterMetrics(cluster, link.name().toLowerCase(Locale.ROOT), registry).bind();
    }

    private void bind() {
        count("published", "Envelopes that the broker took", ClusterCounts::published);
        count("published.bytes", "Bytes of them", ClusterCounts::publishedBytes);
        count("frames", "Messages and all else in them", ClusterCounts::frames);
        count("failed", "What was not, or maybe not, carried to other nodes", ClusterCounts::failed);
        count("received", "Envelopes of other nodes", ClusterCounts::received);
        count("received.bytes", "Bytes of them", ClusterCounts::receivedBytes);
        count("repeated", "Envelopes that had come before", ClusterCounts::repeated);
        count("losses", "Times that something of other nodes was missing", ClusterCounts::losses);
        count("rejected", "Envelopes with a wrong signature, or unreadable", ClusterCounts::rejected);
        gauge("up", "1 while other nodes can be reached", each -> each.problem().isEmpty() ? 1 : 0);
        gauge(
                "nodes",
                "Nodes that live, this one included",
                each -> each.nodes().size());
        gauge(
                "waiting.bytes",
                "Bytes that wait to be published",
                each -> each.counts().waiting());
    }

    private void count(String name, String description, ToDoubleFunction<ClusterCounts> value) {
        FunctionCounter.builder("signalbox.cluster." + name, cluster, each -> value.applyAsDouble(each.counts()))
                .description(description)
                .tag("link", link)
                .register(registry);
    }

    private void gauge(String name, String description, ToDoubleFunction<Cluster> value) {
        Gauge.builder("signalbox.cluster." + name, cluster, value)
                .description(description)
                .tag("link", link)
                .register(registry);
    }
}
