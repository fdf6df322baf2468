package dev.signalbox.server.inbox;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.delivery.inbox.InboxLimits;
import dev.signalbox.delivery.inbox.InboxListener;
import dev.signalbox.delivery.inbox.InboxSender;
import dev.signalbox.delivery.inbox.Inboxes;
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
import java.util.List;

/**
 * The channel {@code inbox}: messages that wait for a person in the application itself. Applications read them over REST; clients
 * read their own through the logic {@code inbox}, and hear of changes in a topic of their own. Before the features that open the
 * router.
 */
public final class InboxFeature implements Feature {
    @Override
    public String name() {
        return "inbox";
    }

    @Override
    public List<Key<?>> keys() {
        return InboxKeys.ALL;
    }

    @Override
    public List<CommandEntry> commands(Features features) {
        return List.of(new CommandEntry("inbox", InboxCommand.class, () -> new InboxCommand()));
    }

    @Override
    public Part configure(Reading reading) {
        return new Configured(InboxKeys.limits(reading));
    }

    private record Configured(InboxLimits limits) implements Part {
        @Override
        public void start(Node node) {
            node.routing(InboxTopics::keptShortly);
            node.reserveTopics(InboxTopics.PREFIX, InboxTopics::allows);
            var metrics = new InboxMetrics(node.registry());
            var topics = new InboxTopics(node::router);
            Inboxes inboxes = open(node, change -> {
                metrics.count(change);
                topics.changed(change);
            });
            node.channels().add(new InboxChannel(new InboxSender(inboxes)));
            node.whenOpening(() -> {
                node.logic(InboxLogic.NAME, new InboxLogic(inboxes).logic());
                node.router().onSend(InboxTopics::guard);
            });
            node.removing("items of inboxes", () -> inboxes.removeExpired() == Inboxes.MOST);
            node.api(new Api(new InboxRoutes(inboxes, node.bounds()).routes(), OpenApi.part(InboxFeature.class)));
        }

        private Inboxes open(Node node, InboxListener listener) {
            try {
                return Inboxes.on(node.database(), limits, listener);
            } catch (DatabaseException e) {
                throw new StartupException(FailureText.of(e), e);
            }
        }

        @Override
        public List<Tables> tables() {
            return List.of(new Tables("inbox", Inboxes::migrations, Inboxes::migrate));
        }
    }
}
