package dev.signalbox.client;

/** Thrown by {@link ClientListener#onMessage}: the message is refused for this reason, and does not come again. */
public final class MessageRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param reason the sender sees it */
    public MessageRefusal(String reason) {
        super(reason);
    }
}
