package dev.signalbox.benchmarks;

import java.util.BitSet;
import java.util.concurrent.atomic.AtomicBoolean;

/** Numbers that are sent and must each be handled once. Thread-safe. */
final class Numbers {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final BitSet handled = new BitSet();
    private int sent;
    private int doubled;

    /** Sends one. */
    @FunctionalInterface
    interface Sending {
        void send(int number) throws Exception;
    }

    void stop() {
        stop.set(true);
    }

    /** Sends the next ones until it is stopped. */
    void sendUntilStopped(Sending sending) throws Exception {
        while (!stop.get()) {
            sending.send(next());
        }
    }

    private synchronized int next() {
        return sent++;
    }

    synchronized void handled(int number) {
        doubled += handled.get(number) ? 1 : 0;
        handled.set(number);
    }

    synchronized boolean areAllHandled() {
        return handled.cardinality() == sent;
    }

    /** @throws IllegalStateException unless each was handled once */
    synchronized void check() {
        if (doubled != 0 || handled.cardinality() != sent) {
            throw new IllegalStateException(
                    "of " + sent + ", " + (sent - handled.cardinality()) + " were lost and " + doubled + " doubled");
        }
    }
}
