package dev.signalbox.testing.contract;

/** A broker that keeps histories, and what may happen to these. */
public interface FaultyStore extends FaultyBroker {
    /** Remembers what it keeps now. */
    void save();

    /** Is restarted with what it kept when it was saved. */
    void goBack();

    /** Drops all that it keeps. */
    void empty();
}
