package dev.signalbox.endpoint.netty;

import org.jspecify.annotations.Nullable;

/** A frame is JSON but does not say anything sensible; the connection can go on. */
final class MalformedFrameException extends Exception {
    private static final long serialVersionUID = 1L;

    private final @Nullable String id;

    MalformedFrameException(@Nullable String id, String message) {
        super(message);
        this.id = id;
    }

    /** The client's name for the frame, if it got that far. */
    @Nullable
    String id() {
        return id;
    }
}
