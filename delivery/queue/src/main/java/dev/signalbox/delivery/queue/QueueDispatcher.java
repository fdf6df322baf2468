package dev.signalbox.delivery.queue;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.Dialect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts lanes, heartbeat, completer and the listener for notifications together and gives them threads. */
final class QueueDispatcher implements Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(QueueDispatcher.class);

    private static final Duration LAST_PATIENCE = Duration.ofSeconds(2);
    private static final Duration RESTART_PAUSE = Duration.ofSeconds(1);

    /** Besides the lanes: completer, heartbeat, listener and cleaner. Each uses one connection at a time. */
    static final int LOOPS = 4;

    private final JdbcQueue queue;
    private final Map<Channel, Lane> lanes = new LinkedHashMap<>();
    private final DispatchOptions options;
    private final Outage outage;
    private final Unserved unserved;
    private final Journal journal;
    private final Heartbeat heartbeat;
    private final Completer completer;
    private final Cleaner cleaner;
    private final NotificationListener notifications;
    private final Control control = new Control();
    private final Supervisor supervisor = new Supervisor(RESTART_PAUSE, control::isStopped);
    private final List<Thread> loops = new ArrayList<>();
    private final Runnable connections;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean started;

    /** Whether the last drain's deadline came before its end: then the caller of close has waited already. */
    private volatile boolean overran;

    QueueDispatcher(
            JdbcQueue queue,
            List<Sender> senders,
            DispatchOptions options,
            List<DispatcherListener> told,
            RandomGenerator random,
            Optional<Path> journalFile) {
        this(queue, senders, options, told, random, journalFile, () -> {});
    }

    /** @param connections closed with it, once its threads have ended */
    QueueDispatcher(
            JdbcQueue queue,
            List<Sender> senders,
            DispatchOptions options,
            List<DispatcherListener> told,
            RandomGenerator random,
            Optional<Path> journalFile,
            Runnable connections) {
        this.connections = connections;
        GuardedListener listener = new GuardedListener(told);
        Rules rules = new Rules(options.retry(), random);
        this.queue = queue;
        this.options = options;
        this.outage = new Outage(listener);
        this.unserved =
                new Unserved(queue, rules, listener, ThreadLocalRandom.current().nextInt(Store.SHARDS));
        List<Terms> terms = senders.stream().map(Terms::of).toList();
        int held = terms.stream().mapToInt(one -> Lane.windowSize(one, options)).sum();
        this.journal = journalFile
                .map(file -> MappedJournal.open(file, held))
                .orElseGet(() -> new NoJournal(UUID.randomUUID()));
        Recovery recovery = new Recovery(queue.store(), journal, rules, lanes);
        this.heartbeat = new Heartbeat(
                queue.database(),
                queue.store(),
                queue.time(),
                lanes,
                options,
                listener,
                outage,
                unserved::look,
                recovery);
        this.cleaner = new Cleaner(queue, options.retention(), listener);
        this.completer = new Completer(queue, heartbeat, outage);
        this.notifications = new NotificationListener(queue.database(), queue.wake(), control);
        LaneContext context = new LaneContext(
                queue.database(),
                queue.store(),
                queue.time(),
                options,
                rules,
                listener,
                journal,
                completer,
                outage,
                control);
        for (int i = 0; i < terms.size(); i++) {
            lanes.put(terms.get(i).channel(), new Lane(senders.get(i), terms.get(i), context));
        }
    }

    @Override
    public synchronized void start() {
        if (closed.get()) {
            throw new IllegalStateException("the dispatcher is closed");
        }
        control.claim(true);
        overran = false;
        if (!started) {
            started = true;
            queue.wake().add(heartbeat);
            start("signalbox-complete", completer::run);
            start("signalbox-heartbeat", () -> heartbeat.run(control, completer.shard()));
            start("signalbox-clean", () -> cleaner.run(control));
            lanes.values().forEach(lane -> start("signalbox-lane-" + lane.channel(), lane::run));
            if (queue.database().dialect() == Dialect.POSTGRESQL) {
                start("signalbox-listen", notifications::run);
            }
        }
        lanes.values().forEach(Lane::wake);
    }

    private void start(String name, Supervisor.Loop loop) {
        loops.add(supervisor.start(name, loop));
    }

    @Override
    public void pause() {
        control.claim(false);
        lanes.values().forEach(Lane::wake);
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
        List<String> problems = new ArrayList<>();
        lanes.values().forEach(lane -> lane.problem().ifPresent(problems::add));
        unserved.channels().stream()
                .filter(channel -> !lanes.containsKey(channel))
                .sorted(Comparator.comparing(Channel::name))
                .forEach(channel -> problems.add("messages wait for channel " + channel
                        + ", which no node serves; configure it on one, or cancel them"));
        if (started && queue.database().dialect() == Dialect.POSTGRESQL && !notifications.isListening()) {
            problems.add("notifications from other nodes are not received; their messages are found by polling");
        }
        return problems.isEmpty()
                ? new Health(Level.UP, Optional.empty())
                : new Health(Level.DEGRADED, Optional.of(String.join("; ", problems)));
    }

    @Override
    public synchronized Pass runOnce() {
        if (started) {
            throw new IllegalStateException("the dispatcher is started; single steps are only possible before");
        }
        try {
            Heartbeat.Beat beat = heartbeat.beat(completer.shard());
            cleaner.step();
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
        overran = !quiet;
        return quiet;
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        queue.wake().remove(heartbeat);
        if (started) {
            try {
                settle();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        control.stop();
        completer.stop();
        heartbeat.wake();
        cleaner.wake();
        lanes.values().forEach(Lane::wake);
        journal.close();
        closeConnections();
    }

    /** A loop may be asking the database for the last time; it is given a moment, so that its connection is not cut. */
    private void closeConnections() {
        try {
            for (Thread loop : loops) {
                loop.join(LAST_PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connections.run();
    }

    /** Those who do not end in time are interrupted, and their outcome is recorded as unknown. */
    private void settle() throws InterruptedException {
        if (!drain(overran ? Duration.ZERO : patience())) {
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
                .map(lane -> lane.terms().timeout())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO)
                .plus(options.margin());
    }
}
