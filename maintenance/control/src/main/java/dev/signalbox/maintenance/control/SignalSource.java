package dev.signalbox.maintenance.control;

import java.util.Optional;

/**
 * Where signals come from: a file, a key in etcd, a row in a database. A source says one thing at a time, on or off. Must be
 * thread-safe.
 */
public interface SignalSource extends AutoCloseable {

    /** Its name in the status and in events; unique in a {@link Maintenance}. */
    String name();

    /**
     * Begins to watch and to tell the listener what it finds, from any thread. Called once. May return before the first
     * finding; must not wait for a server that is away.
     */
    void start(Listener listener);

    /** Stops watching. The listener hears nothing more once this has returned. Idempotent. */
    @Override
    void close();

    /** What a source tells. Its methods are quick, and may be called from any thread. */
    interface Listener {
        /** What the source says now; it replaces what was said before. Saying the same again has no effect. */
        void says(Optional<Signal> signal);

        /**
         * The source cannot be read. What it said last still holds, so that a failure of the source neither starts nor ends a
         * maintenance.
         *
         * @param reason in words for the operator
         */
        void lost(String reason);
    }
}
