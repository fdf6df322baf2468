package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DispatcherListener;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.SendResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Counts what this node accepts and delivers, for Prometheus and for the console's chart. Listens to the dispatcher; what
 * is enqueued by other ways than REST is to be told to {@link #accepted}. Thread-safe, and never blocks.
 */
public final class DeliveryMetrics implements DispatcherListener {
    private final MeterRegistry registry;
    private final InstantSource clock;
    private final Counter acceptedTotal;
    private final Counter failures;
    private final Counter removals;
    private final Rates accepted = new Rates();
    private final Rates sent = new Rates();
    private final Rates failed = new Rates();
    private final Latencies latencies = new Latencies();

    public DeliveryMetrics(MeterRegistry registry, InstantSource clock) {
        this.registry = registry;
        this.clock = clock;
        acceptedTotal = Counter.builder("signalbox.messages.accepted")
                .description("Messages enqueued as new through this node")
                .register(registry);
        removals = Counter.builder("signalbox.messages.removed")
                .description("Messages removed because their retention was over")
                .register(registry);
        failures = Counter.builder("signalbox.dispatcher.failures")
                .description("Failures of the dispatcher, most often of its database")
                .register(registry);
    }

    /** So many messages were enqueued as new. */
    public void accepted(long count) {
        acceptedTotal.increment((double) count);
        accepted.add(clock.instant(), count);
    }

    @Override
    public void attempted(Delivery delivery, SendResult result, Duration took) {
        Timer.builder("signalbox.attempts")
                .description("Attempts of deliveries")
                .tag("channel", delivery.channel().name())
                .tag("result", name(result))
                .serviceLevelObjectives(
                        Duration.ofMillis(5),
                        Duration.ofMillis(20),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(10))
                .register(registry)
                .record(took);
    }

    @Override
    public void sent(Delivery delivery, Duration sinceAccepted) {
        latencies.add(clock.instant(), delivery.channel(), sinceAccepted);
    }

    Map<String, Latencies.Latency> latency() {
        return latencies.byChannel(clock.instant());
    }

    private static String name(SendResult result) {
        return switch (result) {
            case SendResult.Accepted accepted -> "accepted";
            case SendResult.NotSent notSent -> "not_sent";
            case SendResult.Rejected rejected -> "rejected";
            case SendResult.Unknown unknown -> "unknown";
        };
    }

    /** Counts the ends. Those that are neither SENT nor CANCELLED show as failed in the console. */
    @Override
    public void completed(Channel channel, MessageState state) {
        if (state.isFinal()) {
            count("signalbox.messages.ended", "Messages that reached a final state on this node", channel, state);
        }
        switch (state) {
            case SENT -> sent.add(clock.instant(), 1);
            case UNKNOWN, DEAD, REJECTED, EXPIRED -> failed.add(clock.instant(), 1);
            case CANCELLED, PENDING, CLAIMED, RETRY_WAIT -> {}
        }
    }

    private void count(String name, String description, Channel channel, MessageState state) {
        Counter.builder(name)
                .description(description)
                .tag("channel", channel.name())
                .tag("state", tag(state))
                .register(registry)
                .increment();
    }

    public static String tag(MessageState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void stale(Channel channel, int count) {
        Counter.builder("signalbox.outcomes.stale")
                .description("Outcomes refused because another node had taken over")
                .tag("channel", channel.name())
                .register(registry)
                .increment(count);
    }

    @Override
    public void rescued(int count) {
        Counter.builder("signalbox.messages.rescued")
                .description("Messages taken over from nodes that stopped")
                .register(registry)
                .increment(count);
    }

    @Override
    public void quarantined(Channel channel, int count) {
        Counter.builder("signalbox.messages.quarantined")
                .description("Rows of the database that could not be read as messages, and ended dead")
                .tag("channel", channel.name())
                .register(registry)
                .increment(count);
    }

    @Override
    public void removed(int count) {
        removals.increment(count);
    }

    @Override
    public void failed(Throwable problem) {
        failures.increment();
    }

    /** Events per second, oldest first; the last number belongs to the second that ended at {@code until}. */
    public record PerSecond(Instant until, List<Long> accepted, List<Long> sent, List<Long> failed) {}

    public PerSecond perSecond() {
        Instant now = clock.instant();
        return new PerSecond(
                Instant.ofEpochSecond(now.getEpochSecond()),
                accepted.perSecond(now),
                sent.perSecond(now),
                failed.perSecond(now));
    }
}
