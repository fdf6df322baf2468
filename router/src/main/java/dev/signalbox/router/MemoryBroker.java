package dev.signalbox.router;

/** A broker in this process: for several nodes in one JVM, and for tests. Thread-safe. */
public interface MemoryBroker {

    /** A running broker. */
    static MemoryBroker create() {
        return new InProcessBroker();
    }

    /** A link over it, of a cluster by that name; links of different clusters do not hear each other. */
    ClusterLink link(String cluster);

    /** Goes away, as far as its links can tell. Idempotent. */
    void stop();

    /** Comes back. Idempotent. */
    void start();
}
