package dev.signalbox.server.sessions;

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
import dev.signalbox.session.bus.BusHealth;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.SessionBusException;
import dev.signalbox.session.postgres.PostgresSessions;
import java.util.List;
import java.util.Map;

/** The session bus: for clients as the logic {@code session}, for others over REST and server-sent events. */
public final class SessionsFeature implements Feature {
    @Override
    public String name() {
        return "sessions";
    }

    @Override
    public List<Key<?>> keys() {
        return SessionKeys.ALL;
    }

    @Override
    public List<CommandEntry> commands(Features features) {
        return List.of(new CommandEntry("session", SessionCommand.class, () -> new SessionCommand()));
    }

    @Override
    public Part configure(Reading reading) {
        return new Configured(SessionSettings.read(reading));
    }

    private record Configured(SessionSettings settings) implements Part {
        @Override
        public void start(Node node) {
            SessionBus<String> bus = open(node);
            node.health("sessions", () -> health(bus.health()));
            var logic = new SessionLogic(bus, new ClientSessions(settings.clientSessions()));
            node.clientListener(logic);
            node.logic(SessionLogic.NAME, logic.logic());
            var streams = node.closing(new SessionStreams(
                    bus,
                    settings.maxStreams(),
                    node.settings().control().limits().maxRequestsPerPrincipal()));
            node.drainable(streams.drainable(node.drainDeadline()));
            node.api(new Api(
                    new SessionRoutes(bus, new EventIntake(bus, node.bounds()), streams).routes(),
                    OpenApi.part(SessionsFeature.class),
                    Map.of(SessionBusException.class, "the session store")));
        }

        /**
         * Never DOWN: the node can do all else, and whether events can be appended again shows only in appends, which a node that
         * is not ready would not get.
         */
        private static Health.Report health(BusHealth health) {
            return health.status() == BusHealth.Status.UP
                    ? Health.Report.WELL
                    : Health.Report.degraded(String.join("; ", health.problems()));
        }

        private SessionBus<String> open(Node node) {
            try {
                return node.closing(Sessions.open(settings, node)).bus();
            } catch (SessionBusException e) {
                throw new StartupException("session.store: " + FailureText.of(e), e);
            }
        }

        @Override
        public List<Tables> tables() {
            return settings.store() == SessionSettings.Store.DATABASE
                    ? List.of(new Tables("session", PostgresSessions::migrations, PostgresSessions::migrate))
                    : List.of();
        }
    }
}
