package dev.signalbox.delivery.queue;

import org.jspecify.annotations.Nullable;

/** An attempt on its way. Its verdict is given once, and its slot is given back once. */
final class Flight {
    private final Batch batch;
    private final Claimed claimed;

    @Nullable
    Thread thread;

    private volatile long overdueAt = Long.MAX_VALUE;
    private boolean decided;
    private boolean landed;

    Flight(Batch batch, Claimed claimed) {
        this.batch = batch;
        this.claimed = claimed;
    }

    Batch batch() {
        return batch;
    }

    Claimed claimed() {
        return claimed;
    }

    /** Takes off on a thread of its own. */
    void start(String name, Runnable attempt) {
        thread = Thread.ofVirtual().name(name).unstarted(attempt);
        thread.start();
    }

    boolean isOverdue(long ticks) {
        return ticks > overdueAt;
    }

    void begin(long ticks, long longest) {
        overdueAt = ticks + longest;
    }

    synchronized boolean decide() {
        boolean first = !decided;
        decided = true;
        return first;
    }

    synchronized boolean land() {
        boolean first = !landed;
        landed = true;
        return first;
    }

    void interrupt() {
        if (thread != null) {
            thread.interrupt();
        }
    }
}
