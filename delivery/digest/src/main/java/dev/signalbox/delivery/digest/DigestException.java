package dev.signalbox.delivery.digest;

/** The messages of a window cannot become one, for the reason in its text; they stay gathered. */
public final class DigestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DigestException(String message) {
        super(message);
    }
}
