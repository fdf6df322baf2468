package dev.signalbox.client;

/** A call of a client failed; its subtypes say how. */
public sealed class ClientException extends RuntimeException
        permits RefusedException, ConnectionLostException, NoAnswerException, TooManyCallsException {
    private static final long serialVersionUID = 1L;

    ClientException(String message) {
        super(message);
    }
}
