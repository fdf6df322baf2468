package dev.signalbox.server.cluster;

import dev.signalbox.cluster.nats.NatsLinkOptions;
import dev.signalbox.cluster.nats.NatsLinks;
import dev.signalbox.cluster.redis.RedisLinkOptions;
import dev.signalbox.cluster.redis.RedisLinks;
import dev.signalbox.router.Cluster;
import dev.signalbox.router.ClusterLink;
import dev.signalbox.router.ClusterOptions;
import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.Health;
import dev.signalbox.server.node.Node;
import dev.signalbox.server.node.StartupException;
import dev.signalbox.server.rest.Api;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.OpenApi;
import dev.signalbox.server.rest.Route;
import dev.signalbox.tls.Trust;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Several nodes that act as one. Before every feature that lets clients in. */
public final class ClusterFeature implements Feature {
    @Override
    public String name() {
        return "cluster";
    }

    @Override
    public List<Key<?>> keys() {
        return ClusterKeys.ALL;
    }

    @Override
    public List<CommandEntry> commands(Features features) {
        return List.of(new CommandEntry("cluster", ClusterCommand.class, () -> new ClusterCommand()));
    }

    @Override
    public Part configure(Reading reading) {
        ClusterSettings settings = ClusterSettings.read(reading);
        return node -> start(node, settings);
    }

    private static void start(Node node, ClusterSettings settings) {
        Supplier<ClusterView> view = () -> node.router()
                .cluster()
                .map(cluster ->
                        ClusterView.of(settings.link(), cluster, node.clock().instant()))
                .orElseGet(ClusterView::alone);
        node.api(new Api(
                        List.of(Route.read("/api/cluster", (request, response) -> Json.send(response, view.get()))),
                        OpenApi.part(ClusterFeature.class))
                .servedAlways());
        settings.options().ifPresent(options -> node.whenOpening(() -> join(node, settings, options)));
    }

    private static void join(Node node, ClusterSettings settings, ClusterOptions options) {
        Cluster cluster = node.router().join(link(settings), options);
        ClusterMetrics.bind(cluster, settings.link(), node.registry());
        node.health(
                "cluster", () -> cluster.problem().map(Health.Report::degraded).orElse(Health.Report.WELL));
    }

    private static ClusterLink link(ClusterSettings settings) {
        try {
            return settings.link() == ClusterSettings.Link.NATS ? nats(settings) : redis(settings);
        } catch (IllegalArgumentException e) {
            throw new StartupException(ClusterKeys.URL.path() + ": " + FailureText.of(e), e);
        }
    }

    private static ClusterLink nats(ClusterSettings settings) {
        return NatsLinks.create(NatsLinkOptions.of(settings.url().value())
                .withPrefix(settings.prefix())
                .withTrust(Trust.of(settings.caFile(), false)));
    }

    private static ClusterLink redis(ClusterSettings settings) {
        RedisLinkOptions options = RedisLinkOptions.of(settings.url().value()).withPrefix(settings.prefix());
        Optional<RedisLinkOptions> trusting = settings.caFile().map(options::withCaFile);
        return RedisLinks.create(trusting.orElse(options));
    }
}
