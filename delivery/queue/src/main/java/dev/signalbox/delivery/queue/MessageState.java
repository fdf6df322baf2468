package dev.signalbox.delivery.queue;

/** The state of a message; drawn in docs/delivery-states.md. */
public enum MessageState {
    /** Waiting for its time or its turn, never attempted on the current step. */
    PENDING,
    /** Claimed by a node that is attempting it. */
    CLAIMED,
    /** An attempt failed; waiting for the next. */
    RETRY_WAIT,
    /** Final: a provider, or the client itself, has it. */
    SENT,
    /** Parked: it may or may not have been sent, and the provider cannot tell a repeat. */
    UNKNOWN,
    /** Final: every step used up its budget or time. */
    DEAD,
    /** Final: the last step was refused for good. */
    REJECTED,
    /** Final: it expired before it could be sent. */
    EXPIRED,
    /** Final: cancelled before it was sent. */
    CANCELLED;

    /** Whether nothing more happens by itself. */
    public boolean isFinal() {
        return switch (this) {
            case PENDING, CLAIMED, RETRY_WAIT -> false;
            case SENT, UNKNOWN, DEAD, REJECTED, EXPIRED, CANCELLED -> true;
        };
    }
}
