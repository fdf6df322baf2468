package dev.signalbox.llm;

/** The provider answered 2xx, but with something else than an answer. */
final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String body;

    UnreadableException(String message, String body) {
        super(message);
        this.body = body;
    }

    /** What it was, whole. */
    String body() {
        return body;
    }
}
