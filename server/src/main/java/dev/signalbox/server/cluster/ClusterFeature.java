package dev.signalbox.server.cluster;

import dev.signalbox.cluster.nats.NatsLinkOptions;
import dev.signalbox.cluster.nats.NatsLinks;
import dev.signalbox.cluster.redis.RedisLinkOptions;
import dev.signalbox.cluster.redis.RedisLinks;
import dev.signalbox.router.Cluster;
import dev.signalbox.router.ClusterLink;
import dev.signalbox.router.ClusterOptions;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.router.TopicHistory;
import dev.signalbox.router.TopicPolicy;
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
import java.util.concurrent.atomic.AtomicReference;
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
        AtomicReference<Optional<String>> shared = new AtomicReference<>(Optional.empty());
        node.routing(options -> {
            shared.set(sharedTopics(options));
            return options;
        });
        node.whenOpening(() -> open(node, settings, node.router(), shared.get()));
    }

    /** The topics of the first rule that wants one history for all nodes. */
    private static Optional<String> sharedTopics(RouterOptions options) {
        return options.topics().rules().stream()
                .filter(rule -> rule.policy().scope() == TopicPolicy.Scope.CLUSTER)
                .map(RouterOptions.TopicRule::pattern)
                .findFirst();
    }

    private static void open(Node node, ClusterSettings settings, Router router, Optional<String> shared) {
        ClusterOptions options = settings.options().orElse(null);
        if (options != null) {
            Cluster cluster = shared.isPresent()
                    ? router.join(link(settings), options, history(settings))
                    : router.join(link(settings), options);
            show(node, settings, cluster);
        } else if (shared.isPresent()) {
            throw new StartupException(
                    "the rule for the topics " + shared.get()
                            + " has history.scope=cluster, and this node is in no cluster (cluster.link is none): set cluster.link,"
                            + " or history.scope=node",
                    null);
        }
    }

    private static void show(Node node, ClusterSettings settings, Cluster cluster) {
        ClusterMetrics.bind(cluster, settings.link(), node.registry());
        node.health(
                "cluster", () -> cluster.problem().map(Health.Report::degraded).orElse(Health.Report.WELL));
    }

    private static ClusterLink link(ClusterSettings settings) {
        return connecting(() -> settings.link() == ClusterSettings.Link.NATS
                ? NatsLinks.create(nats(settings))
                : RedisLinks.create(redis(settings)));
    }

    private static TopicHistory history(ClusterSettings settings) {
        return connecting(() -> settings.link() == ClusterSettings.Link.NATS
                ? NatsLinks.history(nats(settings))
                : RedisLinks.history(redis(settings)));
    }

    private static <T> T connecting(Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw new StartupException(ClusterKeys.URL.path() + ": " + FailureText.of(e), e);
        }
    }

    private static NatsLinkOptions nats(ClusterSettings settings) {
        return NatsLinkOptions.of(settings.url().value())
                .withPrefix(settings.prefix())
                .withTrust(Trust.of(settings.caFile(), false));
    }

    private static RedisLinkOptions redis(ClusterSettings settings) {
        RedisLinkOptions options = RedisLinkOptions.of(settings.url().value()).withPrefix(settings.prefix());
        return settings.caFile().map(options::withCaFile).orElse(options);
    }
}
