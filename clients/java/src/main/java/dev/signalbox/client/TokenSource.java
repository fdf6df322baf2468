package dev.signalbox.client;

/** Where a client's token comes from. Thread-safe. */
@FunctionalInterface
public interface TokenSource {

    /**
     * A token for the next connection. Called on a virtual thread, and may block; what it throws is told as a problem, and the
     * client tries again later.
     */
    String token() throws Exception;
}
