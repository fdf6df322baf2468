package dev.signalbox.observatory;

/** The root of what this library throws: settings that do not fit, a spool in use by another process, an unreadable file. */
public class ObservatoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ObservatoryException(String message) {
        super(message);
    }

    public ObservatoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
