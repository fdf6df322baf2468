package dev.signalbox.llm;

/** The provider answered 2xx, but with something else than an answer. */
final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String body;
    private final boolean passing;

    /** @param passing whether the next try may meet with something else, as after a proxy's page */
    UnreadableException(String message, String body, boolean passing) {
        super(message);
        this.body = body;
        this.passing = passing;
    }

    /** What it was, whole. */
    String body() {
        return body;
    }

    boolean isPassing() {
        return passing;
    }
}
