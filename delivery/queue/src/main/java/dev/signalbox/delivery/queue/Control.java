package dev.signalbox.delivery.queue;

/**
 * What a dispatcher's loops are to do. They are told by these flags and a {@link WakeUp}, never by an interrupt, which would
 * break the database connection that they happen to be using.
 */
final class Control {
    private volatile boolean claiming;
    private volatile boolean stopped;

    void claim(boolean wanted) {
        claiming = wanted;
    }

    void stop() {
        stopped = true;
        claiming = false;
    }

    boolean isClaiming() {
        return claiming;
    }

    boolean isStopped() {
        return stopped;
    }
}
