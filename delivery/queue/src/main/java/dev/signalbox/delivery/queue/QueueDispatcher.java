package dev.signalbox.delivery.queue;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.Dialect;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts lanes, pulse, completer and ear together and gives them threads. */
final class QueueDispatcher implements Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(QueueDispatcher.class);

    @FunctionalInterface
    private interface Loop {
        void run() throws InterruptedException;
    }

    private static final Duration LAST_PATIENCE = Duration.ofSeconds(2);

    private final JdbcQueue queue;
    private final Map<Channel, Lane> lanes = new LinkedHashMap<>();
    private final DispatchOptions options;
    private final Outage outage;
    private final Pulse pulse;
    private final Completer completer;
    private final Ear ear;
    private final Control control = new Control();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean started;

    QueueDispatcher(
            JdbcQueue queue,
            List<Sender> senders,
            DispatchOptions options,
            DispatcherListener listener,
            RandomGenerator random) {
        this.queue = queue;
        this.options = options;
        this.outage = new Outage(listener);
        this.pulse = new Pulse(queue, lanes, options, listener, outage);
        this.completer = new Completer(queue, pulse, outage);
        this.ear = new Ear(queue.database(), queue.wake(), control);
        Rules rules = new Rules(options.retry(), random);
        String owner = UUID.randomUUID().toString();
        senders.forEach(sender -> lanes.put(
                sender.channel(),
                new Lane(sender, options, queue, rules, listener, owner, completer, outage, control)));
    }

    @Override
    public synchronized void start() {
        if (closed.get()) {
            throw new IllegalStateException("the dispatcher is closed");
        }
        control.claim(true);
        if (!started) {
            started = true;
            queue.wake().add(pulse);
            begin("signalbox-complete", completer::run);
            begin("signalbox-pulse", () -> pulse.run(control, completer.shard()));
            lanes.values().forEach(lane -> begin("signalbox-lane-" + lane.channel(), lane::run));
            if (queue.database().dialect() == Dialect.POSTGRESQL) {
                begin("signalbox-listen", ear::run);
            }
        }
        lanes.values().forEach(Lane::ring);
    }

    private void begin(String name, Loop loop) {
        Thread.ofVirtual().name(name).start(() -> {
            try {
                loop.run();
            } catch (InterruptedException e) {
                LOG.error("{} ended because its thread was interrupted from outside", name, e);
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public void pause() {
        control.claim(false);
        lanes.values().forEach(Lane::ring);
    }

    @Override
    public DispatchState state() {
        return control.isClaiming() ? DispatchState.RUNNING : DispatchState.PAUSED;
    }

    @Override
    public Health health() {
        Throwable problem = outage.current();
        if (problem != null) {
            return new Health(Level.DOWN, Optional.ofNullable(problem.getMessage()));
        }
        boolean deaf = started && queue.database().dialect() == Dialect.POSTGRESQL && !ear.isListening();
        return deaf
                ? new Health(
                        Level.DEGRADED,
                        Optional.of(
                                "notifications from other nodes are not received; their messages are found by polling"))
                : new Health(Level.UP, Optional.empty());
    }

    @Override
    public synchronized Pass runOnce() {
        if (started) {
            throw new IllegalStateException("the dispatcher is started; single steps are only possible before");
        }
        try {
            Pulse.Beat beat = pulse.beat(completer.shard());
            int claimed = lanes.values().stream().mapToInt(Lane::runOnce).sum();
            return new Pass(beat.promoted(), beat.rescued(), claimed, completer.flush());
        } catch (DatabaseException e) {
            throw JdbcQueue.translate(e);
        }
    }

    @Override
    public boolean drain(Duration deadline) throws InterruptedException {
        pause();
        long end = System.nanoTime() + deadline.toNanos();
        boolean quiet = true;
        for (Lane lane : lanes.values()) {
            quiet &= lane.awaitQuiet(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        }
        return quiet;
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        queue.wake().remove(pulse);
        if (started) {
            try {
                settle();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        control.stop();
        completer.stop();
        pulse.ring();
        lanes.values().forEach(Lane::ring);
    }

    /** Those who do not end in time are interrupted, and their outcome is recorded as unknown. */
    private void settle() throws InterruptedException {
        if (!drain(patience())) {
            lanes.values().forEach(Lane::interruptAll);
            if (!drain(LAST_PATIENCE)) {
                LOG.warn(
                        "closing with {} outcomes not recorded; other nodes take over when their leases run out",
                        completer.size());
            }
        }
    }

    private Duration patience() {
        return lanes.values().stream()
                .map(lane -> lane.sender().timeout())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO)
                .plus(options.margin());
    }
}
