package dev.signalbox.router;

import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.router.ClusterLink.Listener;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a link tells: it calls the listener on one thread, in the order in which events were added, so that a slow
 * listener holds up no socket. What waits is bounded in bytes; a publication that does not fit is dropped, and its channel's loss is told
 * in its place. Adding never blocks. Thread-safe.
 */
final class ClusterLinkEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterLinkEvents.class);

    /** What an event costs besides its bytes, so that many small ones are bounded, too. */
    private static final long OVERHEAD = 64;

    private final Listener listener;
    private final Predicate<Channel> wanted;
    private final long maxWaitingBytes;
    private final Thread teller;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<Event> waiting = new ArrayDeque<>();
    /** Channels whose loss waits to be told, with nothing received after it: another loss adds nothing. */
    private final Set<Channel> losses = new HashSet<>();

    private long waitingBytes;
    private @Nullable State state;
    private boolean closed;

    private sealed interface Event {}

    /** No record, for an array has no value of its own. */
    private static final class Received implements Event {
        final Channel channel;
        final byte[] bytes;

        Received(Channel channel, byte[] bytes) {
            this.channel = channel;
            this.bytes = bytes;
        }
    }

    private record Lost(Channel channel) implements Event {}

    /** {@code problem} is null while the broker is there. */
    private record State(@Nullable String problem) implements Event {}

    private ClusterLinkEvents(Listener listener, Predicate<Channel> wanted, long maxWaitingBytes) {
        this.listener = listener;
        this.wanted = wanted;
        this.maxWaitingBytes = maxWaitingBytes;
        this.teller = Thread.ofPlatform().daemon().name("cluster-link").unstarted(this::tellAll);
    }

    /**
     * Starts the thread.
     *
     * @param wanted whether a channel is still subscribed to, asked right before the listener is told what was received there
     * @param maxWaitingBytes what may wait for the listener; one publication always may
     */
    static ClusterLinkEvents start(Listener listener, Predicate<Channel> wanted, long maxWaitingBytes) {
        ClusterLinkEvents events = new ClusterLinkEvents(listener, wanted, maxWaitingBytes);
        events.teller.start();
        return events;
    }

    /** Something was published; the array is the listener's from now on. */
    void received(Channel channel, byte[] bytes) {
        long size = bytes.length + OVERHEAD;
        lock.lock();
        try {
            if (waitingBytes > 0 && waitingBytes + size > maxWaitingBytes) {
                addLoss(channel);
            } else {
                waitingBytes += size;
                losses.remove(channel);
                add(new Received(channel, bytes));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Something may be missing, as {@link Listener#lost} says. */
    void lost(Channel channel) {
        lock.lock();
        try {
            addLoss(channel);
        } finally {
            lock.unlock();
        }
    }

    private void addLoss(Channel channel) {
        if (losses.add(channel)) {
            add(new Lost(channel));
        }
    }

    /** The broker is there; told only if it was not. */
    void up() {
        change(new State(null));
    }

    /** The broker is away; told only if it was there, or was away for another reason. */
    void down(String reason) {
        change(new State(reason));
    }

    private void change(State fresh) {
        lock.lock();
        try {
            if (!fresh.equals(state)) {
                state = fresh;
                add(fresh);
            }
        } finally {
            lock.unlock();
        }
    }

    private void add(Event event) {
        if (!closed) {
            waiting.add(event);
            changed.signal();
        }
    }

    private void tellAll() {
        for (Event event = next(); event != null; event = next()) {
            try {
                tell(event);
            } catch (RuntimeException | Error e) {
                LOG.error("a listener of a cluster link failed; it is told of what comes next", e);
            }
        }
    }

    /** Null at the end. */
    private @Nullable Event next() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            return closed ? null : taken(waiting.remove());
        } finally {
            lock.unlock();
        }
    }

    private Event taken(Event event) {
        switch (event) {
            case Received received -> waitingBytes -= received.bytes.length + OVERHEAD;
            case Lost lost -> losses.remove(lost.channel());
            case State _ -> {
                // Counts for nothing while it waits.
            }
        }
        return event;
    }

    private void tell(Event event) {
        switch (event) {
            case Received received -> {
                if (wanted.test(received.channel)) {
                    listener.received(received.channel, received.bytes);
                }
            }
            case Lost lost -> {
                if (wanted.test(lost.channel())) {
                    listener.lost(lost.channel());
                }
            }
            case State fresh -> tell(fresh.problem());
        }
    }

    private void tell(@Nullable String problem) {
        if (problem == null) {
            listener.up();
        } else {
            listener.down(problem);
        }
    }

    /** Forgets what waits, and returns once the listener is told nothing any more; at once if the listener calls this. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            waiting.clear();
            changed.signal();
        } finally {
            lock.unlock();
        }
        if (!Thread.currentThread().equals(teller)) {
            join();
        }
    }

    private void join() {
        try {
            teller.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
