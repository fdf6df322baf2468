package dev.signalbox.client;

/** No answer came in time, or there was no connection for so long. */
public final class NoAnswerException extends ClientException {
    private static final long serialVersionUID = 1L;

    NoAnswerException(String message) {
        super(message);
    }
}
