package dev.signalbox.observatory;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes records in, on the callers' threads; the rest is the {@link Pump}'s. */
final class Shipper implements Observatory {
    private static final Logger LOG = LoggerFactory.getLogger(Observatory.class);
    private static final long MOST_FOR_THE_DISK = Duration.ofSeconds(1).toNanos();
    private static final long GRACE = Duration.ofMillis(25).toNanos();

    private final ObservatoryOptions options;
    private final Tally tally;
    private final Room room;
    private final Lanes lanes;
    private final Carrier carrier;
    private final Pump pump;
    private final Postman postman;
    private final @Nullable SpoolFolder spools;
    private final @Nullable DeadLetterFolder deadLetters;
    private final Bell settled = new Bell();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean closed;

    private Shipper(
            ObservatoryOptions options,
            ObservatoryListener listener,
            Ticker ticker,
            @Nullable SpoolFolder spools,
            @Nullable DeadLetterFolder deadLetters) {
        this.options = options;
        this.spools = spools;
        this.deadLetters = deadLetters;
        tally = new Tally(listener);
        room = new Room(options.memory());
        lanes = new Lanes(options, spools, tally);
        postman = new Postman(
                options.http(), options.resource(), Own.executor("observatory-http"), InstantSource.system());
        carrier = new Carrier(options, postman, deadLetters, room, tally, settled, ticker);
        pump = new Pump(options, lanes, carrier, ticker);
    }

    static Shipper start(ObservatoryOptions options, ObservatoryListener listener, Ticker ticker) {
        var spools = options.spool().map(SpoolFolder::open).orElse(null);
        DeadLetterFolder deadLetters = null;
        try {
            deadLetters = options.deadLetters()
                    .map(letters -> DeadLetterFolder.open(letters, InstantSource.system()))
                    .orElse(null);
            var shipper = new Shipper(options, listener, ticker, spools, deadLetters);
            shipper.lanes.recover();
            shipper.pump.start();
            shipper.lanes.all().forEach(shipper::activate);
            return shipper;
        } catch (RuntimeException e) {
            closeFolders(spools, deadLetters);
            throw e;
        }
    }

    private void activate(Lane lane) {
        if (!lane.active.get() && lane.active.compareAndSet(false, true)) {
            pump.watch(lane);
        }
    }

    /** For a clock that was moved. */
    void wake() {
        pump.wake();
    }

    @Override
    public boolean log(ExecutionContext context, LogRecord record) {
        var lane = lanes.enter(context);
        if (lane == null) {
            return lost(lanes.missing(context));
        }
        try {
            return take(lane, within(context, record));
        } finally {
            lane.leave();
        }
    }

    private boolean lost(DropReason reason) {
        tally.dropped(closed ? DropReason.CLOSED : reason, 1);
        return false;
    }

    private static LogRecord within(ExecutionContext context, LogRecord record) {
        boolean traced = record.trace() != null || context.trace().isEmpty();
        if (traced && context.baggage().isEmpty()) {
            return record;
        }
        var data = record.data();
        if (!context.baggage().isEmpty()) {
            Map<String, String> all = new LinkedHashMap<>();
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
        if (!room.take(lane, weight) && !makeRoom(lane, weight)) {
            return refuse(lane, DropReason.FULL);
        }
        tally.accepted.increment();
        lane.taken.incrementAndGet();
        int queued = lane.add(record);
        activate(lane);
        if ((queued >= options.batching().records()
                        || lane.bytes.get() >= options.batching().bytes())
                && !lane.hurried.get()
                && lane.hurried.compareAndSet(false, true)) {
            pump.hurry(lane);
        }
        return true;
    }

    private boolean refuse(Lane lane, DropReason reason) {
        tally.dropped(reason, 1);
        if (!closed) {
            lane.untold(reason, 1);
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
            carrier.drop(lane, DropReason.FULL, 1, oldest.weight());
            if (room.take(lane, weight)) {
                return true;
            }
        }
        return false;
    }

    private boolean block(Lane lane, int weight) {
        if (Own.thread()) {
            return false;
        }
        try {
            return room.await(lane, weight, options.memory().maxBlock().toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public boolean flush(Duration atMost) throws InterruptedException {
        Map<Lane, Long> targets = new LinkedHashMap<>();
        lanes.all().forEach(lane -> targets.put(lane, lane.taken.get()));
        pump.hurryAll(true);
        try {
            return settled.await(
                    () -> targets.entrySet().stream()
                            .allMatch(target -> target.getKey().settled.get() - target.getValue() >= 0),
                    atMost.toNanos());
        } finally {
            pump.hurryAll(false);
        }
    }

    @Override
    public ObservatoryStats stats() {
        var all = lanes.all();
        return new ObservatoryStats(
                tally.accepted.sum(),
                tally.recovered.sum(),
                tally.notices.sum(),
                tally.shipped.sum(),
                tally.batches.sum(),
                tally.failures.sum(),
                tally.spooled.sum(),
                tally.deadLettered.sum(),
                tally.dropped(),
                all.stream().mapToLong(Lane::pending).sum(),
                room.used(),
                spools == null ? 0 : spools.bytes(),
                all.size(),
                (int) all.stream().filter(lane -> lane.failures > 0).count());
    }

    @Override
    public void close(Duration deadline) {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        long end = System.nanoTime() + deadline.toNanos();
        closed = true;
        pump.hurryAll(true);
        long forTheDisk = spools == null ? 0 : Math.min(deadline.toNanos() / 2, MOST_FOR_THE_DISK);
        await(this::nothingToWaitFor, end - forTheDisk);
        carrier.stop();
        postman.close();
        if (spools != null) {
            pump.spill();
            await(this::memoryIsEmpty, end + GRACE);
        }
        lanes.all().forEach(carrier::abandon);
        pump.end();
        finish(end);
    }

    private void finish(long end) {
        await(() -> !pump.busy(), end + GRACE);
        if (pump.busy() && spools != null) {
            LOG.warn("a disk or a destination does not let go; the spool stays locked until this process ends");
        } else {
            closeFolders(spools, deadLetters);
        }
    }

    /** Everything is shipped, or on the disk because its destination fails. */
    private boolean nothingToWaitFor() {
        return memoryIsEmpty()
                && lanes.all().stream().allMatch(lane -> lane.pending() == 0 || (lane.failures > 0 && !lane.shipping));
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
        try {
            if (spools != null) {
                spools.close();
            }
            if (deadLetters != null) {
                deadLetters.close();
            }
        } catch (IOException e) {
            LOG.warn("a lock file cannot be closed; it is free when this process ends", e);
        }
    }
}
