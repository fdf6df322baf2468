package dev.signalbox.server.rest;

import java.time.Duration;

/**
 * How long to wait for a client, all in all: the body timeout for its first byte and for each pause, and as much more as
 * the bytes that it moved take at the minimum rate. Only waiting counts, not what the server does meanwhile. Confined to
 * one thread.
 */
final class Patience {
    private final Duration pause;
    private final long minRate;
    private long bytes;
    private long waitedNanos;

    Patience(Limits limits) {
        this.pause = limits.bodyTimeout();
        this.minRate = limits.minBodyRate();
    }

    /** How long the next wait may last; zero or less if the client has used up its time. */
    long nanos() {
        double earned = (double) bytes / minRate * 1e9;
        return Math.min(pause.toNanos(), (long) Math.min(pause.toNanos() + earned - waitedNanos, Long.MAX_VALUE));
    }

    void waited(long nanos) {
        waitedNanos += nanos;
    }

    void moved(long count) {
        bytes += count;
    }
}
