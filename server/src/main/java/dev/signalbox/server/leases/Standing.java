package dev.signalbox.server.leases;

import dev.signalbox.server.node.Health;
import java.time.Duration;

/** This node's part in who sends, where one alone shall. Thread-safe. */
interface Standing extends AutoCloseable {
    /** Whether this node sends. */
    boolean serves();

    LeaseView view();

    Health.Report health();

    /** Lets another node send, once what is being sent has finished. False if this node does not send. */
    boolean handOver(Duration drain) throws InterruptedException;

    @Override
    void close();
}
