package dev.signalbox.server.leases;

import dev.signalbox.ha.lease.DatabaseLeases;
import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.Node;
import java.util.List;
import java.util.Optional;

/** Leases between nodes: who dispatches, when one node alone shall. After the feature whose dispatcher it steers. */
public final class LeasesFeature implements Feature {
    @Override
    public String name() {
        return "leases";
    }

    @Override
    public List<Key<?>> keys() {
        return LeaseKeys.ALL;
    }

    @Override
    public List<CommandEntry> commands(Features features) {
        return List.of(new CommandEntry("ha", HaCommand.class, () -> new HaCommand()));
    }

    @Override
    public Part configure(Reading reading) {
        return new Configured(LeaseSettings.read(reading));
    }

    private record Configured(LeaseSettings settings) implements Part {
        @Override
        public void start(Node node) {
            Optional<Leadership> leadership = isOne() ? Optional.of(stand(node)) : Optional.empty();
            LeaseRoutes routes = new LeaseRoutes(leadership, node.settings().shutdownTimeout());
            node.api(routes.api());
            node.overview("ha", role -> routes.view());
        }

        private boolean isOne() {
            return settings.active() == LeaseSettings.Active.ONE;
        }

        private Leadership stand(Node node) {
            Leadership leadership = node.closing(new Leadership(
                    LeaseStores.open(settings, node), settings, node.dispatcher(), new LeaseMetrics(node.registry())));
            node.health("leases", leadership::health);
            node.status("role", () -> leadership.leads() ? "SERVING" : "WAITING");
            return leadership;
        }

        @Override
        public List<Tables> tables() {
            return isOne() && settings.store() == LeaseSettings.Store.DATABASE
                    ? List.of(new Tables("lease", DatabaseLeases::migrations, DatabaseLeases::migrate))
                    : List.of();
        }
    }
}
