package dev.signalbox.server.webhook;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.delivery.webhook.WebhookEndpoints;
import dev.signalbox.delivery.webhook.WebhookSender;
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
import dev.signalbox.server.rest.OpenApi;
import dev.signalbox.server.rest.Route;
import dev.signalbox.server.rest.Timely;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The channel {@code webhook}, and the endpoints that its messages go to. */
public final class WebhookFeature implements Feature {
    private static final Duration HEALTH_EVERY = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    @Override
    public String name() {
        return "webhook";
    }

    @Override
    public List<Key<?>> keys() {
        return WebhookKeys.ALL;
    }

    @Override
    public List<CommandEntry> commands(Features features) {
        return List.of(new CommandEntry("webhook", WebhookCommand.class, () -> new WebhookCommand()));
    }

    @Override
    public List<CommandEntry> simulators() {
        return List.of(new CommandEntry("webhook", WebhookSimulatorCommand.class, () -> new WebhookSimulatorCommand()));
    }

    @Override
    public Part configure(Reading reading) {
        return new Configured(WebhookSettings.read(reading));
    }

    private record Configured(WebhookSettings settings) implements Part {
        @Override
        public void start(Node node) {
            WebhookEndpoints endpoints = open(node);
            var notices = new EndpointNotices(
                    node.queue(), settings.notice(), node.suppressions(), new WebhookMetrics(node.registry()));
            var sender = node.closing(new WebhookSender(endpoints, settings.options(), notices));
            node.channels().add(new WebhookChannel(sender, endpoints, settings.options()));
            node.whenOpening(() -> checkNotice(node));
            node.health("webhook", health(node, endpoints));
            var body = new EndpointBody(settings.options().targets(), node.bounds());
            List<Route> routes = Stream.concat(
                            new EndpointRoutes(endpoints, sender, body, node.clock()).routes().stream(),
                            new ReplayRoutes(endpoints, node.queue(), node.bounds()).routes().stream())
                    .toList();
            node.api(new Api(routes, OpenApi.part(WebhookFeature.class)));
        }

        private static WebhookEndpoints open(Node node) {
            try {
                return WebhookEndpoints.on(node.database());
            } catch (DatabaseException e) {
                throw new StartupException(FailureText.of(e), e);
            }
        }

        /** Notices that nobody can get would be missed only when they are needed. */
        private void checkNotice(Node node) {
            settings.notice().ifPresent(step -> {
                try {
                    var _ = node.channels().get(step.channel()).canonical(step.address());
                } catch (IllegalArgumentException unreachable) {
                    throw new StartupException(
                            WebhookKeys.NOTICE.path() + " cannot be used: " + FailureText.of(unreachable), unreachable);
                }
            });
        }

        /** Never DOWN: dead endpoints are other people's, and this node can do all else. */
        private static Supplier<Health.Report> health(Node node, WebhookEndpoints endpoints) {
            var dead = new Timely<>(endpoints::dead, HEALTH_EVERY, PATIENCE, node.clock());
            return () -> {
                int count = dead.get().value().orElse(0);
                return count == 0
                        ? Health.Report.WELL
                        : Health.Report.degraded(count + (count == 1 ? " endpoint was" : " endpoints were")
                                + " disabled because of failures; `signalbox webhook endpoints list` shows them");
            };
        }

        @Override
        public List<Tables> tables() {
            return List.of(new Tables("webhook", WebhookEndpoints::migrations, WebhookEndpoints::migrate));
        }
    }
}
