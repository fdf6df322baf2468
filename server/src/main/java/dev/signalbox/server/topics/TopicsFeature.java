package dev.signalbox.server.topics;

import dev.signalbox.router.Router;
import dev.signalbox.router.TopicInfo;
import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.Node;
import dev.signalbox.server.rest.Api;
import dev.signalbox.server.rest.OpenApi;
import dev.signalbox.server.rest.Route;
import io.micrometer.core.instrument.Gauge;
import java.util.List;
import java.util.stream.Stream;

/** Topics of clients. Before every feature that opens the router. */
public final class TopicsFeature implements Feature {
    @Override
    public String name() {
        return "topics";
    }

    @Override
    public List<Key<?>> keys() {
        return TopicKeys.ALL;
    }

    @Override
    public List<CommandEntry> commands(Features features) {
        return List.of(new CommandEntry("topic", TopicCommand.class, () -> new TopicCommand()));
    }

    @Override
    public Part configure(Reading reading) {
        TopicSettings settings = TopicSettings.read(reading);
        return node -> start(node, settings);
    }

    private static void start(Node node, TopicSettings settings) {
        node.routing(options -> options.withTopics(settings.options()));
        List<Route> routes = Stream.of(
                        new TopicRoutes(node::router).routes(),
                        new PresenceRoutes(node::router).routes(),
                        new PublishRoutes(node::router, node.bounds()).routes())
                .flatMap(List::stream)
                .toList();
        node.api(new Api(routes, OpenApi.part(TopicsFeature.class)));
        node.whenOpening(() -> {
            node.router().authorize(node.authorizer(settings));
            measure(node, node.router());
        });
    }

    private static void measure(Node node, Router router) {
        Gauge.builder("signalbox.topics", router, each -> each.topics().size())
                .description("Topics that have a subscriber or keep a message")
                .register(node.registry());
        Gauge.builder("signalbox.topics.subscribers", router, TopicsFeature::subscribers)
                .description("Subscriptions of sessions to topics")
                .register(node.registry());
        Gauge.builder("signalbox.topics.bytes", router, TopicsFeature::bytes)
                .description("Bytes that topics keep")
                .register(node.registry());
    }

    private static double subscribers(Router router) {
        return router.topics().stream().mapToInt(TopicInfo::subscribers).sum();
    }

    private static double bytes(Router router) {
        return router.topics().stream().mapToLong(TopicInfo::bytes).sum();
    }
}
