package dev.signalbox.server.node;

import dev.signalbox.maintenance.control.DrainReport;
import dev.signalbox.server.configuration.Configuration;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.ControlPlaneException;
import dev.signalbox.server.rest.ControlTokens;
import dev.signalbox.server.rest.OpenApi;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that runs: its features, started in their order, behind one control plane. Thread-safe.
 *
 * <p>It is up when {@link #start} returns. {@link #stop} waits for what is in flight; {@link #close} does not. Either way nothing
 * durable is lost: what was not finished is in the database.
 */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private final Closing closing = new Closing();
    private final Node node;
    private final NodeRoutes observed;
    private final ControlPlane control;

    private Server(Features features, Configuration configuration) {
        NodeSettings settings = configuration.values(NodeSettings::read);
        node = new Node(settings, closing);
        try {
            PrivateFolder.prepare(settings.dataFolder());
            closing.add(PlatformMetrics.bind(node.registry()));
            configuration.values(features::parts).forEach(part -> part.start(node));
            observed = new NodeRoutes(node, configuration);
            node.api(observed.api().servedAlways());
            node.open();
            closing.add(node.healthBoard().watch());
            control = closing.add(startControlPlane(settings));
        } catch (RuntimeException | Error e) {
            closing.close();
            throw e;
        }
    }

    private ControlPlane startControlPlane(NodeSettings settings) {
        try {
            return ControlPlane.start(
                    ControlPlane.Options.of(settings.control()),
                    OpenApi.of(node.apis()),
                    ControlTokens.of(settings.control().access(), settings.dataFolder())::identify,
                    node.prometheus(),
                    node.aroundRequests());
        } catch (ControlPlaneException | UncheckedIOException e) {
            throw new StartupException(FailureText.of(e), e);
        }
    }

    /**
     * Starts a node; when this returns, it takes clients and requests.
     *
     * @throws StartupException in words for the operator, if anything it needs is not to be had
     */
    public static Server start(Features features, Configuration configuration) {
        var server = new Server(features, configuration);
        try {
            server.warnOfOpenDoors();
            LOG.info("ready: {}", server.described());
            server.node.ready();
            return server;
        } catch (RuntimeException | Error e) {
            server.close();
            throw e;
        }
    }

    private void warnOfOpenDoors() {
        if (node.settings().control().access().disabled()) {
            LOG.warn(
                    "AUTHENTICATION IS OFF: everyone who reaches {} may do everything. Remove auth.disabled to turn it on",
                    controlUri());
        }
    }

    private String described() {
        return addresses().entrySet().stream()
                .map(address -> address.getKey() + " at " + address.getValue())
                .collect(Collectors.joining(", "));
    }

    /** Where everything of this node is, by name: {@code control plane}, and what its features have added. */
    public Map<String, URI> addresses() {
        Map<String, URI> all = new LinkedHashMap<>();
        all.put("control plane", controlUri());
        node.addresses().forEach((name, address) -> all.put(name, controlUri().resolve(address.get())));
        return all;
    }

    /** Where something of this node is. */
    public URI address(String name) {
        return Optional.ofNullable(addresses().get(name))
                .orElseThrow(() -> new IllegalArgumentException("no address is named " + name));
    }

    /** Where REST, health and metrics are. */
    public URI controlUri() {
        return control.uri();
    }

    /**
     * Stops: not ready any more, no new clients, nothing more is claimed, what is in flight finishes, clients are told to
     * reconnect elsewhere.
     *
     * @return whether all that was in flight finished before the deadline
     */
    public boolean stop(Duration deadline) throws InterruptedException {
        observed.stopping();
        node.stopping();
        boolean quiet = node.maintenance()
                .shutdown(deadline)
                .map(report -> report.outcome() == DrainReport.Outcome.DRAINED)
                .orElse(true);
        if (!quiet) {
            LOG.warn(
                    "not all that was in flight ended within {}: what still runs is cut off now, and attempts without an answer"
                            + " are recorded as in doubt; messages that were waiting go on after the next start",
                    deadline);
        }
        close();
        return quiet;
    }

    /** Stops without waiting for what is in flight. Idempotent. */
    @Override
    public void close() {
        observed.stopping();
        node.stopping();
        closing.close();
    }
}
