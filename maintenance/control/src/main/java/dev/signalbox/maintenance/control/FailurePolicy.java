package dev.signalbox.maintenance.control;

/** What follows when a participant fails to drain, or not all of its work ended in time. */
public enum FailurePolicy {
    /** What is left is cut, and the drain goes on. */
    GO_ON,
    /**
     * All that was drained opens again, and the node stays open until a source says something new. A shutdown goes on all the
     * same.
     */
    UNDO
}
