package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a dispatcher does at intervals: prolongs leases, moves what is due, rescues from nodes that stopped, wakes lanes for
 * messages of which no notification arrived. An idle dispatcher asks its database this one question and no other.
 */
final class Heartbeat implements Wake.Sleeper {
    /** Is told at each beat which channels this node serves. */
    @FunctionalInterface
    interface Registrar {
        void served(Collection<Channel> channels, long now);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
    private static final int PROMOTE = 1_000;
    private static final int BITES = 5;
    private static final int RESCUE = 10;
    private static final Duration CLOCK_AGE = Duration.ofSeconds(30);

    private final Database database;
    private final Store store;
    private final Time time;
    private final Map<Channel, Lane> lanes;
    private final DispatchOptions options;
    private final GuardedListener listener;
    private final Outage outage;
    private final Registrar registrar;
    private final Recovery recovery;
    private final WakeUp wakeUp = new WakeUp();
    private volatile long nextWake = Long.MAX_VALUE;

    /** When the last look at everything began, and how long it took, in ticks. Only the beating thread touches them. */
    private long sweptAt = Long.MIN_VALUE / 2;

    private long sweepTook;

    Heartbeat(
            Database database,
            Store store,
            Time time,
            Map<Channel, Lane> lanes,
            DispatchOptions options,
            GuardedListener listener,
            Outage outage,
            Registrar registrar,
            Recovery recovery) {
        this.database = database;
        this.store = store;
        this.time = time;
        this.lanes = lanes;
        this.options = options;
        this.listener = listener;
        this.outage = outage;
        this.registrar = registrar;
        this.recovery = recovery;
    }

    @Override
    public void due(Channel lane) {
        Lane known = lanes.get(lane);
        if (known != null) {
            known.wake();
        }
    }

    @Override
    public void later(long runAt) {
        if (runAt < nextWake) {
            wakeUp.signal();
        }
    }

    void wake() {
        wakeUp.signal();
    }

    /** The loop of the continuous mode. */
    void run(Control control, int shard) throws InterruptedException {
        while (!control.isStopped()) {
            Duration pause = options.poll();
            try {
                beat(shard);
                pause = untilNextWake();
                endOutage();
            } catch (DatabaseException e) {
                outage.began(e);
            } catch (RuntimeException e) {
                LOG.error("looking for due messages failed; trying again at the next poll", e);
            }
            wakeUp.await(pause);
        }
    }

    /** A database whose disk is full answers what a beat asks, so health, which writes, has to agree. */
    private void endOutage() {
        if (outage.current() != null && database.health().isEmpty()) {
            outage.ended();
        }
    }

    private Duration untilNextWake() {
        long micros = nextWake == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(1_000, nextWake - time.now());
        return Duration.ofNanos(Math.min(micros, Micros.of(options.poll())) * 1_000);
    }

    /** What one beat did. */
    record Beat(int promoted, int rescued) {}

    Beat beat(int shard) {
        lanes.values().forEach(lane -> {
            lane.watch();
            lane.renew();
        });
        if (database.clock().age().compareTo(CLOCK_AGE) > 0) {
            database.health();
        }
        long now = time.now();
        recovery.run(now, shard);
        nextWake = Long.MAX_VALUE; // Whatever is announced from here on wakes it again.
        Store.Outlook outlook = look(now);
        int promoted = outlook.nextDue() != Micros.NONE && outlook.nextDue() <= now ? promote(now) : 0;
        int rescued = outlook.expiredLeases() ? rescue(lanes.keySet(), now, shard) : 0;
        lanes.values().forEach(lane -> lane.paused(outlook.isPaused(lane.channel())));
        outlook.ready().stream().filter(lane -> !outlook.isPaused(lane)).forEach(this::due);
        lanes.values().forEach(lane -> lane.tidy(now));
        registrar.served(served(), now);
        nextWake = outlook.nextDue() > now ? outlook.nextDue() : promoted > 0 ? now : Long.MAX_VALUE;
        return new Beat(promoted, rescued);
    }

    /** From the lanes' marks on; every few seconds from the beginning. */
    private Store.Outlook look(long now) {
        long ticks = time.ticks();
        boolean sweeping = Marks.isSweepDue(ticks, sweptAt, sweepTook);
        Map<Channel, Long> marks = new HashMap<>();
        lanes.forEach((channel, lane) -> marks.put(channel, sweeping ? 0 : lane.mark()));
        Store.Outlook outlook = store.look(marks, now);
        if (sweeping) {
            sweptAt = ticks;
            sweepTook = time.ticks() - ticks;
        }
        return outlook;
    }

    private List<Channel> served() {
        return lanes.values().stream().filter(Lane::serves).map(Lane::channel).toList();
    }

    /** Moves a bounded number, so that the next renewal of leases is never far; the rest is left to the next beat, at once. */
    private int promote(long now) {
        int promoted = 0;
        int moved = PROMOTE;
        for (int bite = 0; bite < BITES && moved == PROMOTE; bite++) {
            moved = store.promote(now, PROMOTE);
            promoted += moved;
            lanes.values().forEach(Lane::wake);
        }
        return promoted;
    }

    private int rescue(Collection<Channel> served, long now, int shard) {
        int rescued =
                store.rescue(served, now, RESCUE, shard, orphan -> lane(orphan).rescued(orphan, now));
        if (rescued > 0) {
            LOG.warn("took over {} messages from a node whose lease ran out", rescued);
            listener.rescued(rescued);
            lanes.values().forEach(Lane::wake);
        }
        return rescued;
    }

    private Lane lane(Store.Orphan orphan) {
        Lane lane = lanes.get(orphan.claimed().ticket().lane());
        if (lane == null) {
            throw new IllegalStateException("a lease of a channel that this node does not serve was taken");
        }
        return lane;
    }
}
