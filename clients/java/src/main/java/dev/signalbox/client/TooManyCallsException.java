package dev.signalbox.client;

/** As many calls wait for their answers as may; nothing was sent. */
public final class TooManyCallsException extends ClientException {
    private static final long serialVersionUID = 1L;

    TooManyCallsException(int most) {
        super(most + " calls wait for their answers, which is the limit; wait for some of them first");
    }
}
