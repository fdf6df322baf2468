package dev.signalbox.server.leases;

import dev.signalbox.ha.lease.DatabaseLeases;
import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.Node;
import dev.signalbox.server.node.StartupException;
import dev.signalbox.tls.Trust;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** Leases between nodes: who dispatches, when one node alone shall. After the feature whose dispatcher it steers. */
public final class LeasesFeature implements Feature {
    @Override
    public String name() {
        return "leases";
    }

    @Override
    public List<Key<?>> keys() {
        return Stream.of(LeaseKeys.ALL, PeerKeys.ALL)
                .<Key<?>>flatMap(List::stream)
                .toList();
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
            Optional<Standing> standing = isOne() ? Optional.of(stand(node)) : Optional.empty();
            PeerRoutes peer = new PeerRoutes(
                    settings.peer().map(given -> settings.node()),
                    () -> isWell(node),
                    () -> standing.map(Standing::serves).orElse(true),
                    node.clock());
            LeaseRoutes routes = new LeaseRoutes(standing, peer, node.settings().shutdownTimeout());
            node.api(routes.api());
            node.overview("ha", role -> routes.view());
        }

        private boolean isOne() {
            return settings.active() == LeaseSettings.Active.ONE;
        }

        private Standing stand(Node node) {
            Standing standing =
                    node.closing(settings.peer().map(peer -> peer(node, peer)).orElseGet(() -> lease(node)));
            node.health("leases", standing::health);
            node.status("role", () -> standing.serves() ? LeaseView.SERVING : LeaseView.WAITING);
            return standing;
        }

        private Standing lease(Node node) {
            Leadership made = new Leadership(
                    LeaseStores.open(settings, node), settings, node.dispatcher(), new LeaseMetrics(node.registry()));
            node.drainable(made.drainable(node.drainDeadline()));
            return made;
        }

        private Standing peer(Node node, PeerSettings peer) {
            HttpClient client = HttpClient.newBuilder()
                    .connectTimeout(peer.options().timeout())
                    .sslContext(trusted(peer))
                    .build();
            node.closing(client::shutdownNow);
            PeerStanding standing = new PeerStanding(
                    settings, peer, client, () -> isWell(node), node.dispatcher(), new PeerMetrics(node.registry()));
            node.whenOpening(standing::start);
            return standing;
        }

        private static SSLContext trusted(PeerSettings peer) {
            try {
                return Trust.of(peer.caFile(), false).context();
            } catch (IllegalArgumentException e) {
                throw new StartupException(PeerKeys.CA_FILE.path() + ": " + FailureText.of(e), e);
            }
        }

        /** A node in maintenance tells its peer so, which then takes over. */
        private static boolean isWell(Node node) {
            return node.maintenance().admission() == Admission.OPEN && node.isWell();
        }

        @Override
        public List<Tables> tables() {
            return isOne() && settings.store() == LeaseSettings.Store.DATABASE
                    ? List.of(new Tables("lease", DatabaseLeases::migrations, DatabaseLeases::migrate))
                    : List.of();
        }
    }
}
