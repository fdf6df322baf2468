package dev.signalbox.router;

import java.time.InstantSource;

/** A broker in this process: for several nodes in one JVM, and for tests. Thread-safe. */
public interface MemoryBroker {

    /** A running broker on the system's clock. */
    static MemoryBroker create() {
        return create(InstantSource.system());
    }

    /** A running broker; {@code clock} decides how old is what topics keep. */
    static MemoryBroker create(InstantSource clock) {
        return new InProcessBroker(clock);
    }

    /** A link over it, of a cluster by that name; links of different clusters do not hear each other. */
    ClusterLink link(String cluster);

    /** What the topics of that cluster keep, for one of its nodes. It outlives {@link #stop}, but not the broker. */
    TopicHistory history(String cluster);

    /** Goes away, as far as its links can tell. Idempotent. */
    void stop();

    /** Comes back. Idempotent. */
    void start();
}
