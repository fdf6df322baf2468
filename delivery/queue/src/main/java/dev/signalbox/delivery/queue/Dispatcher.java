package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Claims due deliveries, hands them to senders, and records what became of them. Thread-safe.
 *
 * <p>It runs in one of two ways: {@link #start} has it work by itself, on threads of its own; {@link #runOnce} takes one step
 * on the caller's thread, for tests and simulations.
 */
public interface Dispatcher extends AutoCloseable {
    /** What the operator wants. */
    enum DispatchState {
        RUNNING,
        PAUSED
    }

    /** How it fares: DEGRADED works slower than it could, DOWN cannot reach its database. */
    enum Level {
        UP,
        DEGRADED,
        DOWN
    }

    record Health(Level level, Optional<String> problem) {}

    /** What one step did. */
    record Pass(int promoted, int rescued, int claimed, int stale) {
        /** Whether there was nothing to do. */
        public boolean isIdle() {
            return promoted + rescued + claimed + stale == 0;
        }
    }

    /** Begins the making of a dispatcher for a queue that {@link DeliveryQueue#on} opened. */
    static Builder builder(DeliveryQueue queue) {
        return new Builder(queue);
    }

    /** Starts claiming, for the first time or after a pause. Idempotent. */
    void start();

    /**
     * Stops claiming on this node; what a sender has begun finishes, what was claimed and not begun goes back to the queue.
     * Idempotent.
     */
    void pause();

    DispatchState state();

    Health health();

    /**
     * Takes one step: promotes what is due, rescues from nodes that stopped, removes some of what is kept no longer, then claims
     * one batch for each channel and sends it, one after the other, on this thread.
     *
     * @throws IllegalStateException if it was started
     * @throws DeliveryQueueException if the database fails
     */
    Pass runOnce();

    /**
     * Stops claiming, waits for what is in flight, puts back what was not begun; false if the deadline came first.
     * {@link #start} resumes.
     */
    boolean drain(Duration deadline) throws InterruptedException;

    /**
     * Drains, for as long as the longest timeout of its senders allows (not at all if {@link #drain} was tried before and its
     * deadline came first), then interrupts what is still being sent, gives their outcomes 2 s to be recorded, and ends its
     * threads. Idempotent.
     */
    @Override
    void close();

    /** Collects what a dispatcher needs. Not thread-safe. */
    final class Builder {
        private final JdbcQueue queue;
        private final Map<Channel, Sender> senders = new LinkedHashMap<>();
        private DispatchOptions options = DispatchOptions.DEFAULT;
        private final List<DispatcherListener> listeners = new ArrayList<>();
        private Optional<Path> journal = Optional.empty();
        private boolean ownConnections;
        private RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

        private Builder(DeliveryQueue queue) {
            if (!(queue instanceof JdbcQueue jdbc)) {
                throw new IllegalArgumentException("a dispatcher needs a queue that DeliveryQueue.on opened");
            }
            this.queue = jdbc;
        }

        /** Adds the sender of a channel; channels without one are left to other nodes. */
        public Builder sender(Sender sender) {
            if (senders.putIfAbsent(sender.channel(), sender) != null) {
                throw new IllegalArgumentException("channel " + sender.channel() + " has two senders");
            }
            Limits.check(sender.concurrency() >= 1, "concurrency", "of " + sender.channel() + " must be at least 1");
            return this;
        }

        public Builder senders(Iterable<? extends Sender> more) {
            more.forEach(this::sender);
            return this;
        }

        public Builder options(DispatchOptions newOptions) {
            options = newOptions;
            return this;
        }

        /** Adds a listener; what one throws, the others do not notice. */
        public Builder listener(DispatcherListener listener) {
            listeners.add(listener);
            return this;
        }

        /**
         * Keeps a journal in this file, which is made if it is missing: after a crash, this node then knows what it had not
         * begun, and only what was with a sender at that moment is in doubt. So it may also claim in advance for senders whose
         * provider recognises no repeats. Each dispatcher needs a file of its own, on a disk of its own machine; after a
         * restart of the machine it says nothing. Without one, all that a killed node held is in doubt.
         */
        public Builder journal(Path file) {
            journal = Optional.of(file);
            return this;
        }

        /**
         * Gives the dispatcher connections of its own, one for each channel and four more, so that no claim, renewal or
         * outcome waits while others keep the pool of the queue's database busy. They are open from {@link #build} until the
         * dispatcher is closed. SQLite has one connection that writes, which all share.
         */
        public Builder ownConnections() {
            ownConnections = true;
            return this;
        }

        /** Where jitter comes from; a seeded source makes simulations repeatable. It is used by one thread at a time. */
        public Builder random(RandomGenerator newRandom) {
            random = newRandom;
            return this;
        }

        /**
         * Makes the dispatcher, which does nothing until it is started.
         *
         * @throws IllegalArgumentException if there is no sender
         * @throws DeliveryQueueException if the journal cannot be used, or its own connections cannot be opened
         */
        public Dispatcher build() {
            Limits.check(!senders.isEmpty(), "senders", "are missing; a dispatcher needs at least one");
            List<Sender> all = List.copyOf(senders.values());
            if (!ownConnections) {
                return new QueueDispatcher(queue, all, options, listeners, random, journal);
            }
            Database own = queue.apart(all.size() + QueueDispatcher.LOOPS, options.answerWithin());
            try {
                return new QueueDispatcher(queue.over(own), all, options, listeners, random, journal, own::close);
            } catch (RuntimeException | Error e) {
                own.close();
                throw e;
            }
        }
    }
}
