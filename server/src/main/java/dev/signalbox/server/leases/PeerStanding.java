package dev.signalbox.server.leases;

import dev.signalbox.ha.peer.Mode;
import dev.signalbox.ha.peer.PeerMonitor;
import dev.signalbox.ha.peer.PeerStatus;
import dev.signalbox.ha.peer.Sighting;
import dev.signalbox.server.node.GatedDispatcher;
import dev.signalbox.server.node.Health;
import dev.signalbox.server.rest.Problem;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * This node's part where two nodes have only each other: it dispatches while its {@link PeerMonitor} says so. Advisory: while they
 * cannot reach each other, both may send. Thread-safe.
 */
final class PeerStanding implements Standing {
    private static final String WAITING = "the peer sends";

    private final String node;
    private final PeerMonitor monitor;
    private final Optional<GatedDispatcher> dispatcher;
    private final PeerMetrics metrics;

    /** @param well whether this node can do its work; one that cannot never sends */
    PeerStanding(
            LeaseSettings settings,
            PeerSettings peer,
            HttpClient client,
            BooleanSupplier well,
            Optional<GatedDispatcher> dispatcher,
            PeerMetrics metrics) {
        this.node = settings.node();
        this.dispatcher = dispatcher;
        this.metrics = metrics;
        this.monitor = PeerMonitor.of(node, peer.options(), client, well, (mode, because) -> changed(mode));
        dispatcher.ifPresent(gated -> gated.forbid(WAITING));
        metrics.watch(this);
    }

    /** From now on it looks at its peer. */
    void start() {
        monitor.start();
    }

    private void changed(Mode mode) {
        metrics.changed(mode);
        dispatcher.ifPresent(gated -> {
            if (mode == Mode.SERVING) {
                gated.allow(WAITING);
            } else {
                gated.forbid(WAITING);
            }
        });
    }

    @Override
    public boolean serves() {
        return monitor.mode() == Mode.SERVING;
    }

    boolean seesPeer() {
        return peer().isPresent();
    }

    private Optional<PeerStatus> peer() {
        return monitor.last()
                .flatMap(seen -> seen instanceof Sighting.Told told ? Optional.of(told.status()) : Optional.empty());
    }

    @Override
    public LeaseView view() {
        return new LeaseView(
                "one",
                serves() ? LeaseView.SERVING : LeaseView.WAITING,
                Optional.of(true),
                Optional.of(node),
                leader(),
                Optional.empty(),
                problem());
    }

    private Optional<String> leader() {
        return serves()
                ? Optional.of(node)
                : peer().filter(status -> status.mode() == Mode.SERVING).flatMap(PeerStatus::node);
    }

    private Optional<String> problem() {
        return monitor.last()
                .flatMap(seen -> seen instanceof Sighting.Silent silent ? Optional.of(silent) : Optional.empty())
                .map(silent -> "the peer is silent: " + silent.reason()
                        + silent.witnessed()
                                .map(reached -> reached ? "; the witness answers" : "; so is the witness")
                                .orElse(""));
    }

    /** Never DOWN: that the peer is away is no reason to be away, too. */
    @Override
    public Health.Report health() {
        return problem().map(Health.Report::degraded).orElse(Health.Report.WELL);
    }

    @Override
    public boolean handOver(Duration drain) {
        throw new Problem(
                409,
                "Two nodes with only each other hand nothing over. Put this one into maintenance: then it tells its peer"
                        + " that it is not well, and the peer takes over");
    }

    @Override
    public void close() {
        monitor.close();
    }
}
