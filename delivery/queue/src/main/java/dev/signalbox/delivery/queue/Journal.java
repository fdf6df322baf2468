package dev.signalbox.delivery.queue;

import java.util.UUID;

/**
 * What this node did with the messages it holds, kept where a crash of the process does not reach: a node that comes back knows
 * which of them it had handed to a sender, and how that ended. Without one, everything a killed node held is in doubt.
 * Thread-safe.
 */
interface Journal extends AutoCloseable {
    /**
     * What has an entry of its own. That an attempt is on record may be known here only after the next one of the same message
     * has begun: the message is due again with the commit, and its answer may come late or get lost.
     */
    record Attempt(UUID id, int number) {}

    /** How far an attempt came before the crash. */
    sealed interface Fate {
        /** No sender had it. */
        record NotBegun() implements Fate {}

        /** A sender had it and had not answered. */
        record Begun() implements Fate {}

        /** A sender had answered, and nobody knows whether that is on record. */
        record Ended(SendResult result) implements Fate {}
    }

    /** Whether a crash leaves anything to be read. */
    boolean isKept();

    /** The name in the leases; the same as before a crash. */
    UUID owner();

    /** Whether the node crashed, and {@link #forgetPast} has not been called since. */
    boolean hasPast();

    /** How far an attempt of a lease from before the crash came. */
    Fate fate(UUID id, int attempt);

    /** What the leases from before the crash held is on record. */
    void forgetPast();

    /** A sender is about to get it. */
    void begin(UUID id, int attempt);

    /** The sender has answered. An answer that came after the attempt was settled is ignored. */
    void end(UUID id, int attempt, SendResult result);

    /** What became of the attempt is on record, or another node's affair. */
    void settle(UUID id, int attempt);

    @Override
    void close();
}
