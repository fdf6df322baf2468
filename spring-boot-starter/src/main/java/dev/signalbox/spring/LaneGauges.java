package dev.signalbox.spring;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueueException;
import dev.signalbox.delivery.queue.FlowControl;
import dev.signalbox.delivery.queue.FlowControl.LaneStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the lanes of this application's senders stand, asked of the database at most once in {@link #AGE}. Not a number while the
 * database does not answer: a zero would look like an empty queue. Thread-safe; scrapes wait for the database's answer.
 */
final class LaneGauges implements MeterBinder {
    private static final Duration AGE = Duration.ofSeconds(2);
    private static final Logger LOG = LoggerFactory.getLogger(LaneGauges.class);

    private record Reading(Optional<Map<Channel, LaneStatus>> lanes, long nanos) {}

    private final FlowControl flow;
    private final List<Channel> channels;
    private Reading last = new Reading(Optional.empty(), System.nanoTime() - AGE.toNanos());

    LaneGauges(FlowControl flow, List<Channel> channels) {
        this.flow = flow;
        this.channels = List.copyOf(channels);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (Channel channel : channels) {
            gauge(registry, "signalbox.lane.due", "Messages that are due, up to a bound", channel, LaneStatus::due);
            gauge(
                    registry,
                    "signalbox.lane.underway",
                    "Messages that nodes have claimed",
                    channel,
                    LaneStatus::underWay);
            gauge(
                    registry,
                    "signalbox.lane.paused",
                    "1 while the channel is paused on all nodes",
                    channel,
                    lane -> lane.pause().isPresent() ? 1 : 0);
        }
    }

    private void gauge(
            MeterRegistry registry,
            String name,
            String description,
            Channel channel,
            ToDoubleFunction<LaneStatus> value) {
        Gauge.builder(name, this, it -> it.value(channel, value))
                .description(description)
                .tag("channel", channel.name())
                .strongReference(true)
                .register(registry);
    }

    /** 0 of a channel without messages and pauses. */
    private double value(Channel channel, ToDoubleFunction<LaneStatus> value) {
        return lanes().map(all -> Optional.ofNullable(all.get(channel))
                        .map(value::applyAsDouble)
                        .orElse(0.0))
                .orElse(Double.NaN);
    }

    private synchronized Optional<Map<Channel, LaneStatus>> lanes() {
        if (System.nanoTime() - last.nanos() >= AGE.toNanos()) {
            last = new Reading(ask(), System.nanoTime());
        }
        return last.lanes();
    }

    private Optional<Map<Channel, LaneStatus>> ask() {
        try {
            return Optional.of(flow.lanes().stream().collect(Collectors.toMap(LaneStatus::channel, lane -> lane)));
        } catch (DeliveryQueueException e) {
            LOG.debug("the queue's database did not answer for the metrics", e);
            return Optional.empty();
        }
    }
}
