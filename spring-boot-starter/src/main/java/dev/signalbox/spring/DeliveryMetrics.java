package dev.signalbox.spring;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DispatcherListener;
import dev.signalbox.delivery.queue.MessageState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;

/** Counts what the dispatcher does, under the names that the server's metrics have. Thread-safe. */
final class DeliveryMetrics implements DispatcherListener {
    private final MeterRegistry registry;

    DeliveryMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void sent(Delivery delivery, Duration sinceAccepted) {
        Timer.builder("signalbox.messages.latency")
                .description("From enqueuing until a sender accepted")
                .tag("channel", delivery.channel().name())
                .register(registry)
                .record(sinceAccepted);
    }

    @Override
    public void completed(Channel channel, MessageState state) {
        if (state.isFinal()) {
            Counter.builder("signalbox.messages.ended")
                    .description("Messages that reached a final state on this node")
                    .tag("channel", channel.name())
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .register(registry)
                    .increment();
        }
    }

    @Override
    public void stale(Channel channel, int count) {
        ofChannel("signalbox.outcomes.stale", "Outcomes refused because another node had taken over", channel)
                .increment(count);
    }

    @Override
    public void quarantined(Channel channel, int count) {
        ofChannel("signalbox.messages.quarantined", "Rows that could not be read as messages, and ended dead", channel)
                .increment(count);
    }

    private Counter ofChannel(String name, String description, Channel channel) {
        return Counter.builder(name)
                .description(description)
                .tag("channel", channel.name())
                .register(registry);
    }

    @Override
    public void rescued(int count) {
        counter("signalbox.messages.rescued", "Messages taken over from nodes that stopped")
                .increment(count);
    }

    @Override
    public void removed(int count) {
        counter("signalbox.messages.removed", "Messages removed because their retention was over")
                .increment(count);
    }

    @Override
    public void failed(Throwable problem) {
        counter("signalbox.dispatcher.failures", "Failures of the dispatcher, most often of its database")
                .increment();
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }
}
