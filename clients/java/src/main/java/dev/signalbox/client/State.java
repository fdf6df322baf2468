package dev.signalbox.client;

/** What a client is doing. */
public enum State {
    CONNECTING,
    OPEN,
    /** Waiting, to connect again. */
    WAITING,
    /** For good. */
    CLOSED
}
