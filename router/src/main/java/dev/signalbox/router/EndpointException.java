package dev.signalbox.router;

/** An endpoint could not start; the message names the address and what to do. */
public class EndpointException extends RouterException {
    private static final long serialVersionUID = 1L;

    public EndpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
