package dev.signalbox.server.maintenance;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.maintenance.control.FileSignals;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.SharedSignals;
import dev.signalbox.maintenance.control.SignalSourceException;
import dev.signalbox.maintenance.control.SourceStatus;
import dev.signalbox.maintenance.control.WebhookSignals;
import dev.signalbox.maintenance.database.DatabaseSignals;
import dev.signalbox.maintenance.etcd.EtcdSignals;
import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.maintenance.MaintenanceSettings.Etcd;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.Health;
import dev.signalbox.server.node.Node;
import dev.signalbox.server.node.StartupException;
import dev.signalbox.server.rest.Api;
import dev.signalbox.server.rest.OpenApi;
import dev.signalbox.tls.Trust;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/**
 * Maintenance: where the signals come from, and how operators give and see them. The first feature to start, since it sets how the
 * node drains. Without it a node still drains when it stops.
 */
public final class MaintenanceFeature implements Feature {
    /** The operator's own wish. In a file, so that a restart does not end it. */
    static final String OPERATOR = "operator";

    static final String CLUSTER = "cluster";

    @Override
    public String name() {
        return "maintenance";
    }

    @Override
    public List<Key<?>> keys() {
        return MaintenanceKeys.ALL;
    }

    @Override
    public List<CommandEntry> commands(Features features) {
        return List.of(new CommandEntry("maintenance", MaintenanceCommand.class, () -> new MaintenanceCommand()));
    }

    @Override
    public Part configure(Reading reading) {
        return new Configured(MaintenanceSettings.read(reading));
    }

    private record Configured(MaintenanceSettings settings) implements Part {
        @Override
        public void start(Node node) {
            node.drains(settings.options(), settings.disconnectsPerSecond());
            Maintenance maintenance = node.maintenance();
            if (settings.announce().isPositive()) {
                maintenance.add(new Announcement(settings.announce()));
            }
            Signals signals = signals(node);
            signals.addTo(maintenance);
            node.health("maintenance", () -> health(maintenance));
            node.api(new Api(
                            new MaintenanceRoutes(node, signals).routes(),
                            OpenApi.part(MaintenanceFeature.class),
                            Map.of(SignalSourceException.class, "the place of the maintenance signal"))
                    .servedAlways());
            node.overview("maintenance", role -> MaintenanceView.of(maintenance));
            MaintenanceMetrics.bind(node);
        }

        private Signals signals(Node node) {
            return new Signals(
                    FileSignals.at(OPERATOR, node.settings().dataFolder().resolve("maintenance.signal")),
                    settings.cluster() ? Optional.of(DatabaseSignals.open(node.database(), CLUSTER)) : Optional.empty(),
                    settings.file().map(file -> FileSignals.at("file", file)),
                    settings.webhookSecret()
                            .map(secret -> WebhookSignals.signedWith(
                                    "webhook", secret.value().getBytes(UTF_8), node.clock())),
                    settings.etcd().map(etcd -> etcd(node, etcd)));
        }

        private static EtcdSignals etcd(Node node, Etcd etcd) {
            HttpClient client = HttpClient.newBuilder()
                    .connectTimeout(etcd.options().timeout())
                    .sslContext(trusted(etcd))
                    .build();
            AutoCloseable ending = client::shutdownNow; // A watch never ends by itself, so close() would wait forever.
            node.closing(ending);
            return EtcdSignals.watching("etcd", client, etcd.options());
        }

        private static SSLContext trusted(Etcd etcd) {
            try {
                return Trust.of(etcd.ca(), false).context();
            } catch (IllegalArgumentException e) {
                throw new StartupException(MaintenanceKeys.ETCD_CA.path() + ": " + FailureText.of(e), e);
            }
        }

        @Override
        public List<Tables> tables() {
            return settings.cluster()
                    ? List.of(new Tables("maintenance", DatabaseSignals::migrations, DatabaseSignals::migrate))
                    : List.of();
        }
    }

    /** Never DOWN: the node serves whatever its sources do. */
    private static Health.Report health(Maintenance maintenance) {
        String stale = maintenance.status().sources().stream()
                .filter(source -> source.stale().isPresent())
                .map(MaintenanceFeature::problem)
                .collect(Collectors.joining("; "));
        return stale.isEmpty() ? Health.Report.WELL : Health.Report.degraded(stale);
    }

    private static String problem(SourceStatus source) {
        return "signals of " + source.name() + " cannot be read, what they said last holds: "
                + source.stale().orElse("");
    }

    /** The sources of this node, of which operators may write the first two. */
    record Signals(
            SharedSignals operator,
            Optional<? extends SharedSignals> cluster,
            Optional<FileSignals> file,
            Optional<WebhookSignals> webhook,
            Optional<EtcdSignals> etcd) {
        void addTo(Maintenance maintenance) {
            maintenance.add(operator);
            cluster.ifPresent(maintenance::add);
            file.ifPresent(maintenance::add);
            webhook.ifPresent(maintenance::add);
            etcd.ifPresent(maintenance::add);
        }
    }
}
