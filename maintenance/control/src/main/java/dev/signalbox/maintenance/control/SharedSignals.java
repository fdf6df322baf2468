package dev.signalbox.maintenance.control;

/** A source that can be written, too: what one process publishes, all that watch the same place see. Thread-safe. */
public interface SharedSignals extends SignalSource {

    /**
     * Turns maintenance on for all that watch; replaces what was published before. Works whether the source is started or not.
     *
     * @throws SignalSourceException if the place cannot be written
     */
    void publish(Signal signal);

    /** Turns it off. Idempotent. @throws SignalSourceException if the place cannot be written */
    void withdraw();
}
