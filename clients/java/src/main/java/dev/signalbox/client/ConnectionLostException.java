package dev.signalbox.client;

/** A connection ended, or could not be opened. What a call had asked for, the server may have done, or not. */
public final class ConnectionLostException extends ClientException {
    private static final long serialVersionUID = 1L;

    ConnectionLostException(String message) {
        super(message);
    }

    static ConnectionLostException closed() {
        return new ConnectionLostException("this client is closed");
    }

    static ConnectionLostException ended(int code, String reason) {
        return new ConnectionLostException("the connection ended with " + code + " " + reason);
    }
}
