package dev.signalbox.server.rest;

/** What the holder of a control token may do. Each role includes the ones before it. */
public enum Role {
    /** May look at everything. */
    READER,
    /** May also enqueue messages. */
    SENDER,
    /** May also retry, cancel, and start or stop the dispatch. */
    ADMIN;

    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
