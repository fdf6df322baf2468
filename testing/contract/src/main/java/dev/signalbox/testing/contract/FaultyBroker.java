package dev.signalbox.testing.contract;

/** A broker, and what may happen to it. */
public interface FaultyBroker extends AutoCloseable {
    int port();

    /** Ends it as {@code kill -9} does. */
    void kill();

    /** Starts it again at the same port; without effect if it runs. */
    void startAgain();

    /** Nothing is answered, and connections stay open. */
    void freeze();

    void thaw();

    @Override
    void close();
}
