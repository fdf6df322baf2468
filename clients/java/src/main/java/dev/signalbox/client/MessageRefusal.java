package dev.signalbox.client;

/**
 * Thrown by {@link ClientListener#onMessage}: the message is refused for this reason, and does not come again. In
 * {@link ClientListener#onRequest}: the request is not answered by this session, for this reason.
 */
public final class MessageRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the server tells of a reason is less, and with more the frame could be too large to be sent: then the message would come again. */
    private static final int MAX_REASON = 100;

    /** @param reason the sender sees the beginning of it, up to 80 characters */
    public MessageRefusal(String reason) {
        super(reason);
    }

    /** As much of the reason as is sent. */
    String reason() {
        String whole = String.valueOf(getMessage());
        int characters = whole.codePointCount(0, whole.length());
        return characters <= MAX_REASON ? whole : whole.substring(0, whole.offsetByCodePoints(0, MAX_REASON));
    }
}
