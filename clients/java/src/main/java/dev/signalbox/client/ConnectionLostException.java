package dev.signalbox.client;

/** The connection ended before the answer came: the server may have done what was asked for, or not. */
public final class ConnectionLostException extends ClientException {
    private static final long serialVersionUID = 1L;

    ConnectionLostException(String message) {
        super(message);
    }
}
