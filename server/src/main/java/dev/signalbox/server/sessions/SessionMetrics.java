package dev.signalbox.server.sessions;

import dev.signalbox.session.bus.BusListener;
import dev.signalbox.session.bus.Gap;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what the session bus of this node does, for Prometheus. Thread-safe, and never blocks. */
final class SessionMetrics implements BusListener {
    private static final Duration[] BOUNDS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(20),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(5)
    };

    private final Counter sent;
    private final Counter sendsFailed;
    private final Counter gaps;
    private final Counter fellBehind;
    private final Counter found;
    private final Counter trimmed;
    private final Counter fenced;
    private final Counter redelivered;
    private final Counter deadLettered;
    private final Counter readFailures;
    private final Timer append;
    private final Timer lag;
    private final AtomicInteger subscribers = new AtomicInteger();
    private final AtomicInteger tail = new AtomicInteger();

    SessionMetrics(MeterRegistry registry) {
        sent = counter(registry, "sent", "Events appended by this node");
        sendsFailed = counter(
                registry, "send.failures", "Times a batch could not be written, and was tried again or given up");
        gaps = counter(registry, "gaps", "Gaps told to subscribers and groups");
        fellBehind = counter(registry, "fell.behind", "Times a subscriber's buffer was full");
        found = counter(registry, "sweep.found", "Sessions whose new events were found without a notification");
        trimmed = counter(registry, "trimmed", "Events removed by retention");
        fenced = counter(registry, "fenced", "Late acknowledgements of groups, refused");
        redelivered = counter(registry, "redelivered", "Events that a group handed out again");
        deadLettered = counter(registry, "dead.lettered", "Events that a group gave up on");
        readFailures = counter(registry, "read.failures", "Reads for subscriptions that the store failed or refused");
        append = timer(registry, "append", "How long a batch took to be written");
        lag = timer(registry, "lag", "How old events were when a subscriber was told of them");
        Gauge.builder("signalbox.session.subscribers", subscribers, AtomicInteger::get)
                .description("Subscriptions and members of groups on this node")
                .register(registry);
        Gauge.builder("signalbox.session.tail", tail, AtomicInteger::get)
                .description("1 if notifications of other nodes' events arrive, 0 if this node has to poll")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder("signalbox.session." + name)
                .description(description)
                .register(registry);
    }

    private static Timer timer(MeterRegistry registry, String name, String description) {
        return Timer.builder("signalbox.session." + name)
                .description(description)
                .serviceLevelObjectives(BOUNDS)
                .register(registry);
    }

    @Override
    public void sent(int events, Duration took) {
        sent.increment(events);
        append.record(took);
    }

    @Override
    public void sendFailed(int events, boolean givenUp, Throwable cause) {
        sendsFailed.increment();
    }

    @Override
    public void delivered(Duration age) {
        lag.record(age.isNegative() ? Duration.ZERO : age);
    }

    @Override
    public void subscribed() {
        subscribers.incrementAndGet();
    }

    @Override
    public void unsubscribed() {
        subscribers.decrementAndGet();
    }

    @Override
    public void fellBehind(String session) {
        fellBehind.increment();
    }

    @Override
    public void gap(Gap gap) {
        gaps.increment();
    }

    @Override
    public void swept(int sessions, int news) {
        found.increment(news);
    }

    @Override
    public void trimmed(long events) {
        trimmed.increment((double) events);
    }

    @Override
    public void tail(boolean up) {
        tail.set(up ? 1 : 0);
    }

    @Override
    public void claimed(int attempt) {
        redelivered.increment(attempt > 1 ? 1 : 0);
    }

    @Override
    public void deadLettered(int events) {
        deadLettered.increment(events);
    }

    @Override
    public void readFailed(Throwable cause) {
        readFailures.increment();
    }

    @Override
    public void fenced(int events) {
        fenced.increment(events);
    }
}
