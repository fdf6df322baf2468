package dev.signalbox.ha.lease;

import java.time.Duration;

/** A term and its deadline. Thread-safe. */
final class Tenure implements Lease {
    private final String name;
    private final String owner;
    private final long epoch;
    private final Clocks clocks;
    private volatile Deadline deadline;
    private volatile boolean ended;

    Tenure(String name, String owner, long epoch, Deadline deadline, Clocks clocks) {
        this.name = name;
        this.owner = owner;
        this.epoch = epoch;
        this.deadline = deadline;
        this.clocks = clocks;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String owner() {
        return owner;
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public boolean isHeld() {
        return !ended && !deadline.hasPassed(clocks);
    }

    @Override
    public Duration remaining() {
        return ended ? Duration.ZERO : deadline.left(clocks);
    }

    /**
     * Moves the deadline. Returns false, and changes nothing, if the old one has passed: others may have been told already that the
     * lease is lost, so it must not come back to life.
     */
    synchronized boolean extend(Deadline later) {
        boolean held = isHeld();
        if (held) {
            deadline = later;
        }
        return held;
    }

    /** Returns whether it had not ended before: true to one caller only. */
    synchronized boolean end() {
        boolean first = !ended;
        ended = true;
        return first;
    }

    @Override
    public String toString() {
        return name + " epoch " + epoch + " of " + owner;
    }
}
