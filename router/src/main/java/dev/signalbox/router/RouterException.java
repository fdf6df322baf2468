package dev.signalbox.router;

/** Root of what this module throws. */
public class RouterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RouterException(String message) {
        super(message);
    }

    RouterException(String message, Throwable cause) {
        super(message, cause);
    }
}
