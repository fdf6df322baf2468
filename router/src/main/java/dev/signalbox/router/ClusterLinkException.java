package dev.signalbox.router;

/** A {@link ClusterLink} could not do what it was asked to; the message says why, and what to do. */
public class ClusterLinkException extends RouterException {
    private static final long serialVersionUID = 1L;

    private final boolean maybeSent;

    /** {@code maybeSent} as {@link #maybeSent()} says. */
    public ClusterLinkException(String message, boolean maybeSent) {
        super(message);
        this.maybeSent = maybeSent;
    }

    /** {@code maybeSent} as {@link #maybeSent()} says. */
    public ClusterLinkException(String message, boolean maybeSent, Throwable cause) {
        super(message, cause);
        this.maybeSent = maybeSent;
    }

    /** Whether the bytes may have been carried all the same: true if the broker's answer is what is missing. */
    public boolean maybeSent() {
        return maybeSent;
    }
}
