package dev.signalbox.router;

/** A {@link TopicHistory} could not do what it was asked to; the message says why, and what to do. */
public class TopicHistoryException extends RouterException {
    private static final long serialVersionUID = 1L;

    private final boolean maybeStored;

    /** {@code maybeStored} as {@link #maybeStored()} says. */
    public TopicHistoryException(String message, boolean maybeStored) {
        super(message);
        this.maybeStored = maybeStored;
    }

    /** {@code maybeStored} as {@link #maybeStored()} says. */
    public TopicHistoryException(String message, boolean maybeStored, Throwable cause) {
        super(message, cause);
        this.maybeStored = maybeStored;
    }

    /** Whether entries may have been appended all the same, or may be later: true if the store's answer is what is missing. */
    public boolean maybeStored() {
        return maybeStored;
    }
}
