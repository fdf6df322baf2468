package dev.signalbox.server.suppression;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.delivery.queue.Step;
import dev.signalbox.delivery.suppression.Preferences;
import dev.signalbox.delivery.suppression.Refusal;
import dev.signalbox.delivery.suppression.ScreenedSender;
import dev.signalbox.delivery.suppression.SuppressionCheck;
import dev.signalbox.delivery.suppression.SuppressionList;
import dev.signalbox.delivery.suppression.UnsubscribeLinks;
import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.Node;
import dev.signalbox.server.node.StartupException;
import dev.signalbox.server.rest.Api;
import dev.signalbox.server.rest.OpenApi;
import dev.signalbox.server.rest.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who gets no messages any more, and who wants which: each attempt of every channel asks first. Before the features of channels,
 * which tell it of those who leave.
 */
public final class SuppressionFeature implements Feature {
    @Override
    public String name() {
        return "suppression";
    }

    @Override
    public List<Key<?>> keys() {
        return SuppressionKeys.ALL;
    }

    @Override
    public List<CommandEntry> commands(Features features) {
        return List.of(
                new CommandEntry("suppression", SuppressionCommand.class, () -> new SuppressionCommand()),
                new CommandEntry("preference", PreferenceCommand.class, () -> new PreferenceCommand()));
    }

    @Override
    public Part configure(Reading reading) {
        return new Configured(SuppressionSettings.read(reading));
    }

    private record Configured(SuppressionSettings settings) implements Part {
        @Override
        public void start(Node node) {
            SuppressionList list = opened(() -> SuppressionList.on(node.database()));
            Preferences preferences = opened(() -> Preferences.on(node.database()));
            node.suppressions(list);
            var metrics = new SuppressionMetrics(node.registry());
            var check = new SuppressionCheck(list, preferences, settings.unsilenced(), settings.optIn());
            Optional<UnsubscribeLinks> links = settings.unsubscribeUrl().map(list::links);
            node.channels().aroundSenders(sender -> new ScreenedSender(sender, check, links, metrics::refused));
            if (settings.atEnqueue()) {
                node.channels().screen((chain, headers) -> refusal(check, chain, headers));
            }
            List<Route> routes = new ArrayList<>(
                    new SuppressionRoutes(list, new SuppressionBody(node.channels(), node.bounds())).routes());
            routes.addAll(new PreferenceRoutes(preferences, node.bounds()).routes());
            routes.addAll(new UnsubscribeRoutes(list, links).routes());
            node.api(new Api(routes, OpenApi.part(SuppressionFeature.class)));
        }

        private static <T> T opened(Supplier<T> opening) {
            try {
                return opening.get();
            } catch (DatabaseException e) {
                throw new StartupException(FailureText.of(e), e);
            }
        }

        /** Nothing is refused as long as one step may still reach the recipient. */
        private static Optional<String> refusal(SuppressionCheck check, List<Step> chain, Map<String, String> headers) {
            List<Refusal> refusals = chain.stream()
                    .flatMap(step -> check.refusal(step.channel(), step.address(), headers).stream())
                    .toList();
            return chain.isEmpty() || refusals.size() < chain.size()
                    ? Optional.empty()
                    : Optional.of("cannot be reached: " + refusals.getFirst().words());
        }

        @Override
        public List<Tables> tables() {
            return List.of(new Tables("suppression", SuppressionList::migrations, SuppressionList::migrate));
        }
    }
}
