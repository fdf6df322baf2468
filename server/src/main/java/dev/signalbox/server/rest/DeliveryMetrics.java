package dev.signalbox.server.rest;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.State;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Counts what this node accepts and delivers, for Prometheus and for the console's chart. Thread-safe; called on hot
 * paths, so nothing here blocks.
 */
public final class DeliveryMetrics {
    private final MeterRegistry registry;
    private final InstantSource clock;
    private final Counter acceptedTotal;
    private final Map<State, Counter> endings = new EnumMap<>(State.class);
    private final Rates accepted = new Rates();
    private final Rates sent = new Rates();
    private final Rates failed = new Rates();

    public DeliveryMetrics(MeterRegistry registry, InstantSource clock) {
        this.registry = registry;
        this.clock = clock;
        acceptedTotal = Counter.builder("signalbox.messages.accepted")
                .description("Messages enqueued as new through this node")
                .register(registry);
        for (State state : State.values()) {
            if (state.isFinal()) {
                endings.put(state, ending(registry, state));
            }
        }
    }

    private static Counter ending(MeterRegistry registry, State state) {
        return Counter.builder("signalbox.messages.ended")
                .description("Messages that came to an end on this node, by their final state")
                .tag("state", tag(state))
                .register(registry);
    }

    static String tag(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** {@code n} messages were enqueued as new. */
    public void accepted(long n) {
        acceptedTotal.increment((double) n);
        accepted.add(clock.instant(), n);
    }

    /** One attempt ended. {@code result} is from a small fixed set, such as {@code accepted} or {@code not_sent}. */
    public void attempted(Channel channel, String result, Duration took) {
        Timer.builder("signalbox.attempts")
                .description("Attempts of deliveries, by channel and result")
                .tag("channel", channel.name())
                .tag("result", result)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(1))
                .register(registry)
                .record(took);
    }

    /** A message reached a final state. Others than SENT and CANCELLED show as failed in the console. */
    public void ended(State state) {
        Counter counter = endings.get(state);
        if (counter == null) {
            throw new IllegalArgumentException(state + " is not a final state");
        }
        counter.increment();
        switch (state) {
            case SENT -> sent.add(clock.instant(), 1);
            case UNKNOWN, DEAD, REJECTED, EXPIRED -> failed.add(clock.instant(), 1);
            case CANCELLED, PENDING, CLAIMED, RETRY_WAIT -> {}
        }
    }

    /** Events per second, oldest first; the last number belongs to the second that ended at {@code until}. */
    record PerSecond(Instant until, List<Long> accepted, List<Long> sent, List<Long> failed) {}

    PerSecond perSecond() {
        Instant now = clock.instant();
        return new PerSecond(
                Instant.ofEpochSecond(now.getEpochSecond()),
                accepted.perSecond(now),
                sent.perSecond(now),
                failed.perSecond(now));
    }
}
