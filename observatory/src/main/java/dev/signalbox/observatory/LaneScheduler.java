package dev.signalbox.observatory;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when which lane has its turn, on one thread that never waits for a destination or the disk. It looks at the lanes
 * in which something is, at most every few milliseconds, and at a lane that calls for it at once; with nothing anywhere it
 * sleeps.
 */
final class LaneScheduler {
    private static final Logger LOG = LoggerFactory.getLogger(Observatory.class);
    private static final long SHORTEST_NAP = Duration.ofMillis(1).toNanos();
    private static final long LONGEST_NAP = Duration.ofMillis(50).toNanos();
    private static final long RECOVERY_PAUSE = Duration.ofSeconds(1).toNanos();
    private static final int DISK_TURNS = 16;
    private static final long NEVER = Long.MAX_VALUE;

    private final ObservatoryOptions options;
    private final LaneRegistry lanes;
    private final LaneShipper shipper;
    private final LaneSpooler spooler;
    private final LongSupplier ticker;
    private final Executor turns = LibraryThreads.executor("observatory-turn");
    private final Thread thread;
    private final Queue<Lane> calling = new ConcurrentLinkedQueue<>();
    private final List<Lane> active = new ArrayList<>();
    /** Lanes that are due and wait for another one's request to end, the longest waiting first. */
    private final Queue<Lane> waiting = new ArrayDeque<>();

    private final Queue<Lane> waitingSuspects = new ArrayDeque<>();
    private final AtomicInteger shipping = new AtomicInteger();
    private final AtomicInteger suspects = new AtomicInteger();
    private final AtomicInteger spooling = new AtomicInteger();
    private final long interval;
    private final long window;
    private final boolean always;
    private long nextScan;
    private long nextEviction;
    private volatile long nextRecovery;
    private volatile boolean recovering;
    private volatile boolean paused;
    private volatile boolean parked;
    private volatile boolean everything;
    private volatile boolean spilling;
    private volatile boolean ended;

    LaneScheduler(
            ObservatoryOptions options,
            LaneRegistry lanes,
            LaneShipper shipper,
            LaneSpooler spooler,
            LongSupplier ticker) {
        this.options = options;
        this.lanes = lanes;
        this.shipper = shipper;
        this.spooler = spooler;
        this.ticker = ticker;
        interval = options.batching().interval().toNanos();
        window = options.spool().map(spool -> spool.window().toNanos()).orElse(0L);
        always = options.spool().map(ObservatoryOptions.Spooling::always).orElse(false);
        thread = Thread.ofPlatform().daemon().name("observatory-scheduler").unstarted(LibraryThreads.marked(this::run));
    }

    void start() {
        nextScan = ticker.getAsLong();
        nextEviction = nextScan + options.memory().idle().toNanos();
        nextRecovery = nextScan + RECOVERY_PAUSE;
        thread.start();
    }

    /** Has a lane looked at: there is something in it, it has a batch together, or a turn of it has ended. */
    void schedule(Lane lane) {
        calling.add(lane);
        wake();
    }

    void wake() {
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    /** From now on nothing waits for its batch to fill; {@code false} ends that. */
    void shipAll(boolean on) {
        everything = on;
        lanes.all().forEach(this::schedule);
    }

    /** Ships no more and puts everything on the disk. */
    void spill() {
        spilling = true;
        lanes.all().forEach(this::schedule);
    }

    /** While paused no request begins. */
    void pause(boolean on) {
        paused = on;
        lanes.all().forEach(this::schedule);
    }

    boolean isPaused() {
        return paused;
    }

    void end() {
        ended = true;
        wake();
    }

    /** Whether turns are under way. */
    boolean busy() {
        return shipping.get() + spooling.get() > 0;
    }

    private void run() {
        while (!ended) {
            try {
                round();
            } catch (RuntimeException e) {
                LOG.error("the observatory's scheduler failed and goes on", e);
            }
        }
    }

    private void round() {
        long now = ticker.getAsLong();
        serve(waiting, false, now);
        serve(waitingSuspects, true, now);
        for (var lane = calling.poll(); lane != null; lane = calling.poll()) {
            admit(lane, now);
        }
        if (now - nextScan >= 0) {
            nextScan = now + scan(now);
        }
        if (now - nextEviction >= 0) {
            long idle = options.memory().idle().toNanos();
            lanes.evictIdle(now - idle);
            nextEviction = now + Math.max(idle / 2, SHORTEST_NAP);
        }
        if (lanes.hasUnread() && !recovering && now - nextRecovery >= 0) {
            recover();
        }
        nap();
    }

    /** Gives requests to those who wait for one, in their order, so that busy lanes do not pass them by. */
    private void serve(Queue<Lane> queue, boolean suspects, long now) {
        for (int left = queue.size(); left > 0 && mayShip(suspects); left--) {
            var lane = queue.remove();
            lane.waiting = false;
            step(lane, now);
        }
    }

    /** Looks again at what an earlier process left and could not be read at the start. */
    private void recover() {
        recovering = true;
        turns.execute(() -> {
            try {
                lanes.recoverUnread().forEach(lane -> {
                    lane.active.set(true);
                    schedule(lane);
                });
            } finally {
                nextRecovery = ticker.getAsLong() + RECOVERY_PAUSE;
                recovering = false;
            }
        });
    }

    private void admit(Lane lane, long now) {
        if (!lane.watched) {
            lane.watched = true;
            lane.since = now;
            active.add(lane);
        }
        long due = Math.min(step(lane, now), LONGEST_NAP);
        if (now + due - nextScan < 0) {
            nextScan = now + due;
        }
    }

    /** @return how long until something may be due */
    private long scan(long now) {
        long soonest = LONGEST_NAP;
        boolean any = false;
        for (int i = active.size() - 1; i >= 0; i--) {
            var lane = active.get(i);
            if (rests(lane, now)) {
                active.set(i, active.getLast());
                active.removeLast();
            } else {
                any = true;
                soonest = Math.min(soonest, step(lane, now));
            }
        }
        return any ? Math.max(soonest, SHORTEST_NAP) : options.memory().idle().toNanos() / 2;
    }

    private boolean rests(Lane lane, long now) {
        if (lane.pending() > 0 || lane.shipping || lane.spooling || (!everything && shipper.notice(lane))) {
            return false;
        }
        lane.lastUsed = now;
        lane.watched = !lane.rest();
        return !lane.watched;
    }

    private void nap() {
        parked = true;
        long rest = nextScan - ticker.getAsLong();
        if (lanes.hasUnread()) {
            rest = Math.min(rest, LONGEST_NAP);
        }
        if (calling.isEmpty() && !ended && rest > 0) {
            LockSupport.parkNanos(rest);
        }
        parked = false;
    }

    /** Gives the lane the turns that are due. @return how long until one may be */
    private long step(Lane lane, long now) {
        if (lane.queued() == 0 && !lane.backlog) {
            lane.since = now;
        }
        long ship = lane.shipping ? NEVER : shipDue(lane, now);
        if (ship <= 0) {
            ship(lane);
            ship = NEVER;
        }
        long spool = lane.spool == null || lane.spooling ? NEVER : spoolDue(lane, now);
        if (spool <= 0) {
            spool(lane);
            spool = NEVER;
        }
        return Math.min(ship, spool);
    }

    private long shipDue(Lane lane, long now) {
        boolean old = lane.backlog || lane.hasSpooled();
        if (spilling || paused || lane.waiting || (!old && (lane.queued() == 0 || (always && !lane.spoolBroken)))) {
            return NEVER;
        }
        if (lane.spoolUnreadable) {
            return lane.readNotBefore - now;
        }
        if (lane.failures > 0) {
            return lane.notBefore - now;
        }
        return old || everything || lane.hurried.get() ? 0 : lane.since + interval - now;
    }

    private long spoolDue(Lane lane, long now) {
        if (lane.queued() == 0 && !lane.backlog) {
            return NEVER;
        }
        long disk = lane.spoolBroken ? lane.spoolNotBefore - now : 0;
        if (spilling) {
            return disk;
        }
        boolean failing = paused || lane.failures > 0 || lane.hasSpooled();
        if (!always && !failing) {
            return lane.shipping ? Math.max(disk, lane.shippingSince + window - now) : NEVER;
        }
        return Math.max(disk, everything ? 0 : Math.max(lane.spooledAt, lane.since) + window - now);
    }

    /** Destinations that fail, and named ones that have taken nothing yet, may be dead: half of the requests is not for them. */
    private boolean mayShip(boolean suspect) {
        int most = options.http().inFlight();
        return shipping.get() < most && (!suspect || suspects.get() < most / 2);
    }

    private void ship(Lane lane) {
        boolean suspect = lane.failures > 0 || !(lane.proven || lane.byDefault);
        if (!mayShip(suspect)) {
            lane.waiting = true;
            (suspect ? waitingSuspects : waiting).add(lane);
            return;
        }
        shipping.incrementAndGet();
        suspects.addAndGet(suspect ? 1 : 0);
        lane.shippingSince = ticker.getAsLong();
        if (lane.failures == 0) {
            // Attempts that fail must not put off the spool, however fast they follow one another.
            lane.since = lane.shippingSince;
        }
        lane.shipping = true;
        turns.execute(() -> {
            try {
                shipper.ship(lane);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                lane.notBefore = ticker.getAsLong() + options.retry().max().toNanos();
                lane.failures = 1;
                LOG.error("shipping to {} failed; it is tried again", lane.destination, e);
            } finally {
                suspects.addAndGet(suspect ? -1 : 0);
                shipping.decrementAndGet();
                lane.shipping = false;
                schedule(lane);
            }
        });
    }

    private void spool(Lane lane) {
        if (spooling.get() >= DISK_TURNS) {
            return;
        }
        spooling.incrementAndGet();
        lane.spooling = true;
        turns.execute(() -> {
            try {
                spooler.spool(lane);
            } catch (RuntimeException e) {
                lane.spoolBroken = true;
                lane.spoolNotBefore = ticker.getAsLong() + options.retry().max().toNanos();
                LOG.error("spooling for {} failed; it is tried again", lane.destination, e);
            } finally {
                spooling.decrementAndGet();
                lane.spooling = false;
                schedule(lane);
            }
        });
    }
}
