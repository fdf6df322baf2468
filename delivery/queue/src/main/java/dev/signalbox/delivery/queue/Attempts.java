package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attempts of one channel that are under way on one node: hands deliveries to the sender, watches their time, and gives a
 * verdict in the place of a sender that gives none.
 *
 * <p>Never more attempts than the sender's concurrency are under way, whatever the sender does: one that overran its time and
 * ignores interrupts has its verdict, but keeps its place until it ends. Thread-safe.
 */
final class Attempts {
    /** Is told how an attempt ended, once for each, on the thread that found out. */
    @FunctionalInterface
    interface Receiver {
        void ended(Flight flight, SendResult result);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);
    private static final long LOG_PAUSE_MICROS = 10_000_000;

    private final Sender sender;
    private final Terms terms;
    private final Time time;
    private final GuardedListener listener;
    private final Journal journal;
    private final long margin;
    private final Receiver receiver;
    private final Semaphore places;
    private final Set<Flight> flights = ConcurrentHashMap.newKeySet();
    private final AtomicInteger stuck = new AtomicInteger();
    private final AtomicLong lastFailureLogged = new AtomicLong(Long.MIN_VALUE / 2);

    Attempts(Sender sender, Terms terms, LaneContext context, Receiver receiver) {
        this.sender = sender;
        this.terms = terms;
        this.time = context.time();
        this.listener = context.listener();
        this.journal = context.journal();
        this.margin = Micros.of(context.options().margin());
        this.receiver = receiver;
        this.places = new Semaphore(terms.concurrency());
    }

    /** Takes a place for an attempt; false if none came free in so long. */
    boolean takePlace(Duration longest) throws InterruptedException {
        return places.tryAcquire(longest.toNanos(), TimeUnit.NANOSECONDS);
    }

    void leavePlace() {
        places.release();
    }

    int freePlaces() {
        return places.availablePermits();
    }

    /** How many attempts overran their time and still have not ended. */
    int stuck() {
        return stuck.get();
    }

    /** Whether such attempts hold every place, so that nothing can be sent. */
    boolean isStuck() {
        return stuck.get() >= terms.concurrency();
    }

    /** Runs the attempt on a thread of its own, on the place that the caller took for it, which it leaves at its end. */
    void start(Flight flight, Runnable attempt) {
        Thread thread =
                Thread.ofVirtual().name("signalbox-send-" + terms.channel()).unstarted(() -> run(flight, attempt));
        flight.thread = thread;
        try {
            thread.start();
        } catch (Throwable e) {
            leavePlace();
            throw e;
        }
    }

    private void run(Flight flight, Runnable attempt) {
        try {
            attempt.run();
        } catch (Throwable e) {
            LOG.error(
                    "the attempt of {} failed in the dispatcher",
                    flight.claimed().ticket().id(),
                    e);
            if (flight.decide()) {
                receiver.ended(flight, new SendResult.Unknown("the dispatcher failed: " + e));
            }
        } finally {
            if (flight.end()) {
                stuck.decrementAndGet();
            }
            leavePlace();
        }
    }

    /** Hands the delivery to the sender, on this thread. */
    void send(Flight flight, Duration remaining) {
        long ticks = time.ticks();
        long end = ticks + Micros.of(terms.timeout()) + margin;
        flight.begin(time.now(), end);
        Delivery delivery =
                flight.claimed().delivery(remaining).withPermit(() -> permits(flight, ticks + Micros.of(remaining)));
        flights.add(flight);
        journal.begin(delivery.id(), delivery.attempt());
        SendResult result = answer(delivery);
        journal.end(delivery.id(), delivery.attempt(), result);
        flights.remove(flight);
        if (!(flight.isDenied() && result instanceof SendResult.NotSent)) {
            tell(flight, delivery, result, Duration.of(time.ticks() - ticks, ChronoUnit.MICROS));
        }
        if (flight.decide()) {
            receiver.ended(flight, result);
        }
    }

    /**
     * The last look before the first byte. The lease was long enough when the sender got the delivery; since then the process
     * may have been frozen, or another node may have taken the lease over.
     */
    private boolean permits(Flight flight, long end) {
        flight.ask();
        long ticks = time.ticks();
        boolean permitted = !flight.lease().isLost()
                && ticks < end
                && ticks < flight.lease().validUntil() - margin;
        if (!permitted) {
            flight.deny();
        }
        return permitted;
    }

    private void tell(Flight flight, Delivery delivery, SendResult result, Duration took) {
        listener.attempted(delivery, result, took);
        if (result instanceof SendResult.Accepted) {
            listener.sent(delivery, Duration.of(time.now() - flight.claimed().acceptedAt(), ChronoUnit.MICROS));
        }
    }

    private SendResult answer(Delivery delivery) {
        try {
            return orUnknown(sender.send(delivery), delivery);
        } catch (InterruptedException e) {
            return new SendResult.Unknown("the attempt was interrupted");
        } catch (Throwable e) {
            // An Error too: else the delivery would stay claimed for as long as this node lives.
            logFailure(delivery, e);
            return new SendResult.Unknown("the sender failed: " + e);
        }
    }

    private SendResult orUnknown(@Nullable SendResult result, Delivery delivery) {
        if (result == null) {
            logFailure(delivery, new IllegalStateException("it returned null"));
            return new SendResult.Unknown("the sender returned no result");
        }
        return result;
    }

    /** A sender may fail on everything; the log gets one failure in full each while. The history has them all. */
    private void logFailure(Delivery delivery, Throwable failure) {
        long ticks = time.ticks();
        long last = lastFailureLogged.get();
        if (ticks - last >= LOG_PAUSE_MICROS && lastFailureLogged.compareAndSet(last, ticks)) {
            LOG.warn("the sender of {} failed on {} (logged once in 10 s)", terms.channel(), delivery.id(), failure);
        }
    }

    /** Interrupts attempts that are over their time, and gives up on those that ignore it. */
    void watch() {
        long ticks = time.ticks();
        for (Flight flight : flights) {
            if (flight.isOverdue(ticks)) {
                flight.interrupt();
            }
            if (flight.isOverdue(ticks - margin)) {
                abandon(flight);
            }
        }
    }

    private void abandon(Flight flight) {
        if (flight.abandon()) {
            stuck.incrementAndGet();
            LOG.error(
                    "the sender of {} overran its timeout of {} and ignores interrupts; it keeps one of {} places until it"
                            + " ends",
                    terms.channel(),
                    terms.timeout(),
                    terms.concurrency());
            receiver.ended(flight, new SendResult.Unknown("the sender overran its timeout"));
        }
    }

    void interruptAll() {
        flights.forEach(Flight::interrupt);
    }
}
