package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.DeliveryQueue.Counts;
import dev.signalbox.delivery.queue.DeliveryQueue.Overview;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.State;
import dev.signalbox.server.node.Node;
import dev.signalbox.server.rest.Timely;
import dev.signalbox.server.rest.Timely.Reading;
import io.micrometer.core.instrument.Gauge;
import java.time.Duration;
import java.util.List;

/** How the queue stands, for the console's overview and for Prometheus. Thread-safe. */
final class DeliveryOverview {
    private static final Duration AGE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMillis(1500);

    private final Node node;
    private final Dispatcher dispatcher;
    private final DeliveryMetrics metrics;
    private final Timely<Counts> counts;
    private final Timely<Overview> backlog;

    DeliveryOverview(Node node, Dispatcher dispatcher, DeliveryMetrics metrics) {
        this.node = node;
        this.dispatcher = dispatcher;
        this.metrics = metrics;
        this.counts = new Timely<>(node.intake()::counts, AGE, PATIENCE, node.clock());
        this.backlog = new Timely<>(node.intake()::overview, AGE, PATIENCE, node.clock());
    }

    void add() {
        node.overview("dispatch", role -> dispatcher.state());
        node.overview("counts", role -> asked().get().value());
        node.overview("oldestPending", role -> backlog.get().value().flatMap(Overview::oldestPending));
        node.overview("oldestDue", role -> backlog.get().value().flatMap(Overview::oldestDue));
        node.overview("errors", role -> errors());
        node.overview("stale", role -> !counts.get().fresh() || !backlog.get().fresh());
        node.overview("latency", role -> metrics.latency());
        node.overview("perSecond", role -> metrics.perSecond());
        for (State state : State.values()) {
            Gauge.builder("signalbox.queue.depth", this, it -> it.depth(state))
                    .description("Messages by state")
                    .tag("state", DeliveryMetrics.tag(state))
                    .register(node.registry());
        }
    }

    private record ErrorView(String reason, String channel, long count) {}

    private List<ErrorView> errors() {
        return backlog.get().value().map(Overview::errors).orElse(List.of()).stream()
                .map(error -> new ErrorView(error.reason(), error.channel().name(), error.count()))
                .toList();
    }

    /** Both are asked before either is waited for. */
    private Timely<Counts> asked() {
        backlog.refresh();
        counts.refresh();
        return counts;
    }

    /** Not a number while the database does not answer: a zero would look like an empty queue. */
    private double depth(State state) {
        Reading<Counts> reading = counts.get();
        return reading.value()
                .filter(known -> reading.fresh())
                .map(known -> known.byState().getOrDefault(state, 0L).doubleValue())
                .orElse(Double.NaN);
    }
}
