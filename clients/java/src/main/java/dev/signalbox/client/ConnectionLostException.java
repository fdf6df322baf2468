package dev.signalbox.client;

/** A connection ended, or could not be opened. What a call had asked for, the server may have done, or not. */
public final class ConnectionLostException extends ClientException {
    private static final long serialVersionUID = 1L;

    ConnectionLostException(String message) {
        super(message);
    }
}
