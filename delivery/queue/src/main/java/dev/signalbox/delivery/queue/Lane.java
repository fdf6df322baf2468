package dev.signalbox.delivery.queue;

import dev.signalbox.database.DatabaseException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel's work on one node: claims, sends, hands the verdicts on. A lane knows nothing of the others, so one whose
 * sender is slow, broken or poisoned holds up none of them. Thread-safe.
 */
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final long LOG_PAUSE_MICROS = 10_000_000;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(4);
    private static final Duration LONG_PAUSE = Duration.ofSeconds(30);
    private static final Duration OUTAGE_PAUSE = Duration.ofMillis(250);

    private final Sender sender;
    private final DispatchOptions options;
    private final Store store;
    private final Time time;
    private final Rules rules;
    private final DispatcherListener listener;
    private final String owner;
    private final Completer completer;
    private final Outage outage;
    private final Control control;
    private final Bell bell = new Bell();

    /** Free places for attempts that run at a time. */
    private final Semaphore slots;

    /** Free places for entries that are claimed and not on record yet. */
    private final Semaphore window;

    private final int windowSize;
    private final AtomicLong lastFailureLogged = new AtomicLong(Long.MIN_VALUE / 2);

    /** Only the claiming thread touches them. */
    private final Marks marks = new Marks();

    /** The lease of a claim that has not been answered. Only the claiming thread touches it. */
    private @Nullable UUID doubtful;

    private final Set<Batch> batches = ConcurrentHashMap.newKeySet();
    private final Set<Flight> flights = ConcurrentHashMap.newKeySet();

    Lane(
            Sender sender,
            DispatchOptions options,
            JdbcQueue queue,
            Rules rules,
            DispatcherListener listener,
            String owner,
            Completer completer,
            Outage outage,
            Control control) {
        this.sender = sender;
        this.options = options;
        this.store = queue.store();
        this.time = queue.time();
        this.rules = rules;
        this.listener = listener;
        this.owner = owner;
        this.completer = completer;
        this.outage = outage;
        this.control = control;
        this.slots = new Semaphore(sender.concurrency());
        this.windowSize = 4 * Math.max(options.batch(), sender.concurrency());
        this.window = new Semaphore(windowSize);
    }

    Channel channel() {
        return sender.channel();
    }

    Sender sender() {
        return sender;
    }

    void ring() {
        bell.ring();
    }

    /** The loop of the continuous mode. */
    void run() throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (!control.isStopped()) {
            if (!control.isClaiming()) {
                bell.await(LONG_PAUSE);
                continue;
            }
            int claimed = claimAndSend();
            if (claimed > 0) {
                pause = FIRST_PAUSE;
            } else if (claimed == 0) {
                // After the last work it looks again soon, then less and less, and in the end only when it is told.
                bell.await(pause.compareTo(options.poll()) < 0 ? pause : LONG_PAUSE);
                pause = pause.compareTo(options.poll()) < 0 ? pause.multipliedBy(2) : pause;
            } else {
                bell.await(OUTAGE_PAUSE);
            }
        }
    }

    private int claimAndSend() throws InterruptedException {
        int limit = room();
        window.acquire(limit);
        int claimed = 0;
        try {
            Batch batch = claim(limit);
            claimed = batch.entries().size();
            send(batch);
            return claimed;
        } catch (DatabaseException e) {
            outage.began(e);
            return -1;
        } catch (RuntimeException e) {
            // A row that nobody could have written through this module, or a fault in it: other lanes go on.
            LOG.error("the loop that sends over channel {} failed; trying again", channel(), e);
            return -1;
        } finally {
            window.release(limit - claimed);
        }
    }

    /** Claims one batch and attempts it, one after the other, on the caller's thread. */
    int runOnce() {
        window.acquireUninterruptibly(options.batch());
        int claimed = 0;
        try {
            Batch batch = claim(options.batch());
            claimed = batch.entries().size();
            batch.entries().forEach(entry -> attempt(new Flight(batch, entry)));
            return claimed;
        } finally {
            window.release(options.batch() - claimed);
        }
    }

    /**
     * How many to claim. Where the provider recognises repeats, there is some in hand, so that senders need not wait for the
     * database. Where it does not, each claimed message would have to be parked if this node died, so none is claimed that
     * cannot be begun at once.
     */
    private int room() throws InterruptedException {
        slots.acquire();
        slots.release(); // Only this loop takes slots, so there are at least as many as now.
        int most = sender.keyLifetime().isZero() ? slots.availablePermits() : 4 * sender.concurrency();
        return Math.min(most, options.batch());
    }

    /** Claims up to the limit. The lease's time is counted from before the claim, so this node never thinks it longer. */
    private Batch claim(int limit) {
        giveBackDoubtful();
        long ticks = time.ticks();
        long now = time.now();
        long length = Micros.of(options.leaseFor(sender));
        UUID lease = Ids.next();
        doubtful = lease;
        List<Claimed> claimed = store.claim(channel(), limit, marks.next(ticks), lease, owner, now, length);
        doubtful = null;
        marks.claimed(claimed, limit);
        Batch batch =
                new Batch(lease, claimed.stream().map(c -> c.startedAt(now)).toList(), ticks + length);
        if (!claimed.isEmpty()) {
            batches.add(batch);
            Quietly.tell(() -> listener.claimed(channel(), claimed.size()));
        }
        return batch;
    }

    /** Of a claim whose answer got lost nothing was begun, so whatever it took goes back. */
    private void giveBackDoubtful() {
        UUID lease = doubtful;
        if (lease != null) {
            long now = time.now();
            store.giveBack(lease, now, completer.shard(), orphan -> rules.released(orphan.claimed(), now));
            marks.forget();
            doubtful = null;
        }
    }

    private void send(Batch batch) throws InterruptedException {
        List<Claimed> entries = batch.entries();
        for (int i = 0; i < entries.size(); i++) {
            Claimed claimed = entries.get(i);
            slots.acquire();
            if (!control.isClaiming()) {
                slots.release();
                release(batch, entries.subList(i, entries.size()));
                return;
            }
            Flight flight = new Flight(batch, claimed);
            flight.thread =
                    Thread.ofVirtual().name("signalbox-send-" + channel()).unstarted(() -> fly(flight));
            flight.thread.start();
        }
    }

    private void release(Batch batch, List<Claimed> rest) {
        marks.forget();
        rest.forEach(claimed -> completer.add(this, batch, rules.released(claimed, time.now())));
    }

    private void fly(Flight flight) {
        try {
            attempt(flight);
        } finally {
            if (flight.land()) {
                slots.release();
            }
        }
    }

    private void attempt(Flight flight) {
        Batch batch = flight.batch();
        Claimed claimed = flight.claimed();
        Verdict prevented = rules.prevented(claimed, time.now(), sender.keyLifetime());
        long margin = Micros.of(options.margin());
        long timeout = Micros.of(sender.timeout());
        if (batch.isLost()) {
            settled(batch);
        } else if (prevented != null) {
            completer.add(this, batch, prevented);
        } else if (batch.validUntil() - time.ticks() <= timeout + margin) {
            completer.add(this, batch, rules.released(claimed, time.now()));
        } else {
            flight.begin(time.ticks(), timeout + margin);
            send(flight, remaining(claimed));
        }
    }

    private Duration remaining(Claimed claimed) {
        long deadline = claimed.ticket().deadline();
        Duration left = Duration.ofNanos((deadline - time.now()) * 1_000);
        return deadline == Micros.NONE || left.compareTo(sender.timeout()) > 0 ? sender.timeout() : left;
    }

    private void send(Flight flight, Duration remaining) {
        Delivery delivery = flight.claimed().delivery(remaining);
        long startedAt = time.now();
        long ticks = time.ticks();
        flights.add(flight);
        SendResult result = answer(delivery);
        flights.remove(flight);
        Duration took = Duration.ofNanos((time.ticks() - ticks) * 1_000);
        Quietly.tell(() -> listener.attempted(delivery, result, took));
        if (result instanceof SendResult.Accepted) {
            Duration since = Duration.of(time.now() - flight.claimed().acceptedAt(), ChronoUnit.MICROS);
            Quietly.tell(() -> listener.sent(delivery, since));
        }
        if (flight.decide()) {
            decided(flight, result, startedAt);
        }
    }

    private SendResult answer(Delivery delivery) {
        try {
            return sender.send(delivery);
        } catch (InterruptedException e) {
            return new SendResult.Unknown("the attempt was interrupted");
        } catch (Throwable e) {
            // An Error too: else the delivery would stay claimed for as long as this node lives.
            logSenderFailure(delivery, e);
            return new SendResult.Unknown("the sender failed: " + e);
        }
    }

    /** A poisoned sender fails on everything; the log gets one in full each while. The history has them all. */
    private void logSenderFailure(Delivery delivery, Throwable failure) {
        long ticks = time.ticks();
        long last = lastFailureLogged.get();
        if (ticks - last >= LOG_PAUSE_MICROS && lastFailureLogged.compareAndSet(last, ticks)) {
            LOG.warn("the sender of {} failed on {} (logged once in 10 s)", channel(), delivery.id(), failure);
        }
    }

    private void decided(Flight flight, SendResult result, long startedAt) {
        completer.add(
                this,
                flight.batch(),
                rules.attempted(flight.claimed(), result, startedAt, time.now(), sender.keyLifetime()));
    }

    /** Interrupts attempts that are over their time; gives up on those that ignore it. */
    void watch() {
        long ticks = time.ticks();
        for (Flight flight : flights) {
            if (flight.isOverdue(ticks)) {
                flight.interrupt();
            }
            if (flight.isOverdue(ticks - Micros.of(options.margin())) && flight.decide()) {
                LOG.error("the sender of {} overran its timeout and ignores interrupts", channel());
                decided(flight, new SendResult.Unknown("the sender overran its timeout"), time.now());
                if (flight.land()) {
                    slots.release();
                }
            }
        }
    }

    void interruptAll() {
        flights.forEach(Flight::interrupt);
    }

    /** Prolongs what is over a third of its time. */
    void renew() {
        long ticks = time.ticks();
        long length = Micros.of(options.leaseFor(sender));
        List<Batch> old = new ArrayList<>();
        for (Batch batch : batches) {
            if (batch.validUntil() - ticks < length * 2 / 3 && !batch.isLost()) {
                old.add(batch);
            }
        }
        if (old.isEmpty()) {
            return;
        }
        Set<UUID> renewed = store.renew(old.stream().map(Batch::lease).toList(), time.now(), length);
        for (Batch batch : old) {
            if (renewed.contains(batch.lease())) {
                batch.renewedUntil(ticks + length);
            } else if (!batch.isDone()) {
                batch.lose();
            }
        }
    }

    /** One entry less that needs this node's attention. */
    void settled(Batch batch) {
        if (batch.isDone() || batch.isLost()) {
            batches.remove(batch);
        }
        window.release();
    }

    void recorded(Verdict verdict) {
        Quietly.tell(() -> listener.completed(channel(), verdict.outcome().state()));
    }

    void stale(Verdict verdict) {
        LOG.warn(
                "the outcome {} of {} came too late and was refused: its lease had run out and gone to another node",
                verdict.outcome().result(),
                verdict.outcome().id());
        Quietly.tell(() -> listener.stale(channel(), 1));
    }

    /** Waits until nothing is claimed, in flight, or waiting for the record; false if that took too long. */
    boolean awaitQuiet(Duration longest) throws InterruptedException {
        boolean quiet = window.tryAcquire(windowSize, longest.toNanos(), TimeUnit.NANOSECONDS);
        if (quiet) {
            window.release(windowSize);
        }
        return quiet;
    }

    Verdict rescued(Store.Orphan orphan, long now) {
        return rules.rescued(orphan.claimed(), orphan.claimedAt(), now, sender.keyLifetime());
    }
}
