package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue.Counts;
import dev.signalbox.delivery.queue.DeliveryQueue.Overview;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.FlowControl.LaneStatus;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.server.node.Node;
import dev.signalbox.server.rest.Timely;
import dev.signalbox.server.rest.Timely.Reading;
import io.micrometer.core.instrument.Gauge;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** How the queue stands, for the console's overview and for Prometheus. Thread-safe. */
final class DeliveryOverview {
    private static final Duration AGE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMillis(1500);

    private final Node node;
    private final Dispatcher dispatcher;
    private final DeliveryMetrics metrics;
    private final Timely<Counts> counts;
    private final Timely<Overview> backlog;
    private final Timely<Map<Channel, LaneStatus>> lanes;

    DeliveryOverview(Node node, Dispatcher dispatcher, DeliveryMetrics metrics) {
        this.node = node;
        this.dispatcher = dispatcher;
        this.metrics = metrics;
        this.counts = new Timely<>(node.intake()::counts, AGE, PATIENCE, node.clock());
        this.backlog = new Timely<>(node.intake()::overview, AGE, PATIENCE, node.clock());
        this.lanes = new Timely<>(
                () -> node.intake().flow().lanes().stream()
                        .collect(Collectors.toMap(LaneStatus::channel, lane -> lane)),
                AGE,
                PATIENCE,
                node.clock());
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
        for (MessageState state : MessageState.values()) {
            Gauge.builder("signalbox.queue.depth", this, it -> it.depth(state))
                    .description("Messages by state")
                    .tag("state", DeliveryMetrics.tag(state))
                    .register(node.registry());
        }
        node.senders().stream().map(Sender::channel).forEach(this::addLane);
    }

    private void addLane(Channel channel) {
        gauge("signalbox.lane.due", "Messages that are due, up to a bound", channel, lane -> lane.due());
        gauge("signalbox.lane.underway", "Messages that nodes have claimed", channel, lane -> lane.underWay());
        gauge(
                "signalbox.lane.paused",
                "1 while the channel is paused on all nodes",
                channel,
                lane -> lane.pause().isPresent() ? 1 : 0);
    }

    /** Not a number while the database does not answer; 0 of a channel without messages and pauses. */
    private void gauge(String name, String description, Channel channel, ToDoubleFunction<LaneStatus> value) {
        Gauge.builder(name, lanes, known -> {
                    Reading<Map<Channel, LaneStatus>> reading = known.get();
                    return reading.value()
                            .filter(all -> reading.fresh())
                            .map(all -> Optional.ofNullable(all.get(channel))
                                    .map(value::applyAsDouble)
                                    .orElse(0.0))
                            .orElse(Double.NaN);
                })
                .description(description)
                .tag("channel", channel.name())
                .register(node.registry());
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
    private double depth(MessageState state) {
        Reading<Counts> reading = counts.get();
        return reading.value()
                .filter(known -> reading.fresh())
                .map(known -> known.byState().getOrDefault(state, 0L).doubleValue())
                .orElse(Double.NaN);
    }
}
