package dev.signalbox.observatory;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes records in, on the callers' threads; the rest is the {@link LaneScheduler}'s. */
final class Shipper implements Observatory {
    private static final Logger LOG = LoggerFactory.getLogger(Observatory.class);
    private static final long MOST_FOR_THE_DISK = Duration.ofSeconds(1).toNanos();
    private static final long GRACE = Duration.ofMillis(25).toNanos();

    private final ObservatoryOptions options;
    private final Truncation truncation;
    private final Counters counters;
    private final MemoryBudget memory;
    private final LaneRegistry lanes;
    private final LaneShipper laneShipper;
    private final LaneScheduler scheduler;
    private final HttpExporter exporter;
    private final @Nullable SpoolFolder spools;
    private final @Nullable DeadLetterFolder deadLetters;
    private final Notifier settled = new Notifier();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean closed;

    private Shipper(
            ObservatoryOptions options,
            ObservatoryListener listener,
            LongSupplier ticker,
            @Nullable SpoolFolder spools,
            @Nullable DeadLetterFolder deadLetters) {
        this.options = options;
        this.spools = spools;
        truncation = new Truncation(options.longestRecord());
        this.deadLetters = deadLetters;
        counters = new Counters(listener);
        memory = new MemoryBudget(options.memory(), !options.allowed().isEmpty());
        lanes = new LaneRegistry(options, spools, counters);
        exporter = new HttpExporter(
                options.http(),
                options.resource(),
                LibraryThreads.executor("observatory-http"),
                InstantSource.system());
        var ids = new Batch.Ids();
        var spooler = new LaneSpooler(options.batching(), memory, counters, settled, ticker, ids);
        laneShipper = new LaneShipper(options, exporter, deadLetters, memory, counters, settled, ticker, spooler, ids);
        scheduler = new LaneScheduler(options, lanes, laneShipper, spooler, ticker);
    }

    static Shipper start(ObservatoryOptions options, ObservatoryListener listener, LongSupplier ticker) {
        boolean shared = !options.allowed().isEmpty();
        var spools =
                options.spool().map(spool -> SpoolFolder.open(spool, shared)).orElse(null);
        DeadLetterFolder deadLetters = null;
        Shipper shipper = null;
        try {
            deadLetters = options.deadLetters()
                    .map(letters -> DeadLetterFolder.open(letters, InstantSource.system()))
                    .orElse(null);
            shipper = new Shipper(options, listener, ticker, spools, deadLetters);
            shipper.lanes.recover();
            shipper.scheduler.start();
            shipper.lanes.all().forEach(shipper::activate);
            return shipper;
        } catch (RuntimeException e) {
            if (shipper != null) {
                shipper.exporter.close();
            }
            closeFolders(spools, deadLetters);
            throw e;
        }
    }

    private void activate(Lane lane) {
        if (!lane.active.get() && lane.active.compareAndSet(false, true)) {
            scheduler.schedule(lane);
        }
    }

    /** For a clock that was moved. */
    void wake() {
        scheduler.wake();
    }

    @Override
    public boolean log(ExecutionContext context, LogRecord record) {
        var lane = lanes.enter(context);
        if (lane == null) {
            return lost(lanes.missing(context));
        }
        try {
            return take(lane, truncation.apply(within(context, record)));
        } finally {
            lane.leave();
        }
    }

    private boolean lost(DropReason reason) {
        counters.dropped(closed ? DropReason.CLOSED : reason, 1);
        return false;
    }

    private static LogRecord within(ExecutionContext context, LogRecord record) {
        boolean traced = record.trace() != null || context.trace().isEmpty();
        if (traced && context.baggage().isEmpty()) {
            return record;
        }
        var data = record.data();
        if (!context.baggage().isEmpty()) {
            Map<String, Object> all = new LinkedHashMap<>();
            context.baggage().forEach((name, value) -> all.put("baggage." + name, value));
            all.putAll(data);
            data = all;
        }
        var trace = traced ? record.trace() : context.trace().get();
        return new LogRecord(
                record.time(), record.severity(), record.message(), record.module(), record.submodule(), data, trace);
    }

    private boolean take(Lane lane, LogRecord record) {
        int weight = record.weight();
        if (closed) {
            return refuse(lane, DropReason.CLOSED);
        }
        if (weight > options.batching().bytes()) {
            return refuse(lane, DropReason.TOO_LARGE);
        }
        if (!memory.take(lane, weight) && !makeRoom(lane, weight)) {
            return refuse(lane, closed ? DropReason.CLOSED : DropReason.FULL);
        }
        counters.accepted.increment();
        lane.taken.incrementAndGet();
        int queued = lane.add(record);
        activate(lane);
        if ((queued >= options.batching().records()
                        || lane.bytes.get() >= options.batching().bytes())
                && !lane.hurried.get()
                && lane.hurried.compareAndSet(false, true)) {
            scheduler.schedule(lane);
        }
        return true;
    }

    private boolean refuse(Lane lane, DropReason reason) {
        counters.dropped(reason, 1);
        if (!closed) {
            lane.unreported(reason, 1);
            activate(lane);
        }
        return false;
    }

    private boolean makeRoom(Lane lane, int weight) {
        return switch (options.memory().whenFull()) {
            case DROP_NEWEST -> false;
            case DROP_OLDEST -> dropOldest(lane, weight);
            case BLOCK -> block(lane, weight);
        };
    }

    private boolean dropOldest(Lane lane, int weight) {
        for (var oldest = lane.poll(); oldest != null; oldest = lane.poll()) {
            laneShipper.drop(lane, DropReason.FULL, 1, oldest.weight());
            if (memory.take(lane, weight)) {
                return true;
            }
        }
        return false;
    }

    private boolean block(Lane lane, int weight) {
        if (closed || LibraryThreads.isCurrent()) {
            return false;
        }
        try {
            return memory.await(lane, weight, options.memory().maxBlock().toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public boolean flush(Duration atMost) throws InterruptedException {
        Map<Lane, Long> targets = new LinkedHashMap<>();
        lanes.all().forEach(lane -> targets.put(lane, lane.taken.get()));
        scheduler.shipAll(true);
        try {
            return settled.await(
                    () -> targets.entrySet().stream()
                            .allMatch(target -> target.getKey().settled.get() - target.getValue() >= 0),
                    atMost.toNanos());
        } finally {
            scheduler.shipAll(false);
        }
    }

    @Override
    public ObservatoryStats stats() {
        var all = lanes.all();
        return new ObservatoryStats(
                counters.accepted.sum(),
                counters.recovered.sum(),
                counters.notices.sum(),
                counters.shipped.sum(),
                counters.batches.sum(),
                counters.failures.sum(),
                counters.spooled.sum(),
                counters.deadLettered.sum(),
                counters.dropped(),
                all.stream().mapToLong(Lane::pending).sum(),
                memory.used(),
                spools == null ? 0 : spools.bytes(),
                all.size(),
                (int) all.stream().filter(lane -> lane.failures > 0).count(),
                (int) all.stream().filter(lane -> lane.unauthorizedSince != 0).count(),
                scheduler.isPaused());
    }

    @Override
    public void pause() {
        scheduler.pause(true);
    }

    @Override
    public void resume() {
        scheduler.pause(false);
    }

    @Override
    public void close(Duration deadline) {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        long end = System.nanoTime() + deadline.toNanos();
        closed = true;
        memory.close();
        scheduler.shipAll(true);
        long forTheDisk = spools == null ? 0 : Math.min(deadline.toNanos() / 2, MOST_FOR_THE_DISK);
        await(this::nothingToWaitFor, end - forTheDisk);
        laneShipper.stop();
        exporter.close();
        if (spools != null) {
            scheduler.spill();
            await(this::memoryIsEmpty, end + GRACE);
        }
        lanes.all().forEach(laneShipper::abandon);
        scheduler.end();
        finish(end);
    }

    private void finish(long end) {
        await(() -> !scheduler.busy(), end + GRACE);
        if (scheduler.busy() && spools != null) {
            LOG.warn("a disk or a destination does not let go; the spool stays locked until this process ends");
        } else {
            closeFolders(spools, deadLetters);
        }
    }

    /** Everything is shipped, or on the disk because its destination fails. */
    private boolean nothingToWaitFor() {
        return memoryIsEmpty()
                && lanes.all().stream().allMatch(lane -> lane.pending() == 0 || (waits(lane) && !lane.shipping));
    }

    private boolean waits(Lane lane) {
        return scheduler.isPaused() || lane.failures > 0 || lane.spoolUnreadable;
    }

    /** Everything has left the memory, for its destination or the disk. */
    private boolean memoryIsEmpty() {
        return lanes.all().stream()
                .allMatch(lane ->
                        !lane.hasCallers() && lane.pending() == (lane.spool == null ? 0 : lane.spool.unsettled()));
    }

    /** Few and short waits at the end of a life: looked at again and again rather than signalled. */
    private static void await(BooleanSupplier condition, long until) {
        while (!condition.getAsBoolean() && until - System.nanoTime() > 0) {
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }

    private static void closeFolders(@Nullable SpoolFolder spools, @Nullable DeadLetterFolder deadLetters) {
        if (spools != null) {
            spools.close();
        }
        if (deadLetters != null) {
            deadLetters.close();
        }
    }
}
