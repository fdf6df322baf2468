package dev.signalbox.maintenance.sqs;

import dev.signalbox.maintenance.control.AdmissionGate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * Polls a queue while the gate is open, with one poll at a time, and handles each message inside the gate.
 *
 * <p>A poll is never cancelled. SQS may hand a message to a request whose caller is gone, and it would be invisible for its whole
 * timeout; so a poll that is under way when the gate closes goes on, and what it brings is given back at once.
 */
final class Poller {
    private static final Logger LOG = LoggerFactory.getLogger(Poller.class);
    private static final Duration SHORTEST_REST = Duration.ofMillis(100);
    private static final int MOST = 10;

    private final Queue queue;
    private final MessageHandler handler;
    private final AdmissionGate gate;
    private final SqsWorkerOptions options;
    private final Semaphore free;
    private final Map<Delivery, Thread> underWay = new ConcurrentHashMap<>();
    private final LongAdder handled = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final Thread thread;
    private final Thread keeper;
    private volatile boolean closed;
    private volatile boolean kept = true;
    private volatile @Nullable String problem;

    Poller(Queue queue, MessageHandler handler, AdmissionGate gate, SqsWorkerOptions options) {
        this.queue = queue;
        this.handler = handler;
        this.gate = gate;
        this.options = options;
        this.free = new Semaphore(options.concurrency());
        this.thread = Thread.ofVirtual().name("signalbox-sqs-" + options.name()).unstarted(this::run);
        this.keeper = Thread.ofVirtual()
                .name("signalbox-sqs-keeper-" + options.name())
                .unstarted(this::keep);
    }

    void start() {
        thread.start();
        keeper.start();
    }

    private void run() {
        while (!closed) {
            if (gate.isClosed()) {
                LockSupport.park(this);
            } else {
                poll();
            }
        }
    }

    private void poll() {
        int slots = slots();
        int used = 0;
        try {
            List<Message> messages =
                    gate.isClosed() ? List.of() : queue.receive(slots, options.pollWait(), options.visibility());
            used = messages.size();
            messages.forEach(this::begin);
            problem = null;
        } catch (RuntimeException e) { // beside SdkException, what a client throws that was closed too early
            rest(e);
        } finally {
            free.release(slots - used);
        }
    }

    /** How many messages may come: waits for one, and takes more as far as they are free. */
    private int slots() {
        free.acquireUninterruptibly();
        int slots = 1;
        while (slots < MOST && free.tryAcquire()) {
            slots++;
        }
        return slots;
    }

    private void rest(RuntimeException e) {
        if (problem == null) {
            LOG.warn("{} cannot poll; it tries again each {}", options.name(), options.backoff(), e);
        }
        problem = e.toString();
        Duration rest = options.backoff().compareTo(SHORTEST_REST) < 0 ? SHORTEST_REST : options.backoff();
        if (!closed) {
            LockSupport.parkNanos(this, rest.toNanos());
        }
    }

    private void begin(Message message) {
        Delivery delivery = new Delivery(queue, message);
        Thread.ofVirtual().name("signalbox-sqs-" + message.messageId()).start(() -> {
            try {
                handle(delivery, message);
            } finally {
                free.release();
            }
        });
    }

    private void handle(Delivery delivery, Message message) {
        if (!gate.enter()) {
            delivery.giveBack(Duration.ZERO);
            return;
        }
        underWay.put(delivery, Thread.currentThread());
        try {
            handler.handle(message);
            handled.increment();
            delivery.delete();
        } catch (Exception | Error e) {
            // An interrupt comes from cut() and was meant for the handler; giving back would fail by it.
            boolean cut = Thread.interrupted() || e instanceof InterruptedException;
            failed.increment();
            LOG.warn(
                    "The message {} {}; it comes again",
                    message.messageId(),
                    cut ? "was cut by maintenance" : "could not be handled",
                    e);
            delivery.giveBack(options.backoff());
        } finally {
            underWay.remove(delivery);
            gate.leave();
        }
    }

    private void keep() {
        long third = options.visibility().toNanos() / 3;
        while (kept) {
            LockSupport.parkNanos(this, third);
            underWay.keySet().forEach(delivery -> delivery.renew(options.visibility()));
        }
    }

    /** Opens the gate. From any thread. */
    void open() {
        gate.open();
        LockSupport.unpark(thread);
    }

    /** Interrupts the messages under way; they come again. From any thread. */
    void cut() {
        underWay.values().forEach(Thread::interrupt);
    }

    long handled() {
        return handled.sum();
    }

    long failed() {
        return failed.sum();
    }

    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Ends once the poll that is under way has ended, and what it brought has been given back. The gate is closed. Idempotent. */
    void close() throws InterruptedException {
        closed = true;
        LockSupport.unpark(thread);
        thread.join();
        free.acquire(options.concurrency());
        free.release(options.concurrency());
        kept = false;
        LockSupport.unpark(keeper);
    }
}
