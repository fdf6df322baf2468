package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Reads a client's frames from bytes that come in pieces of any length. For one thread. */
interface FrameSource {

    /** The next frame, or null if more bytes are needed for it. After a violation, it must not be used any more. */
    @Nullable
    Frame next(ByteBuf in) throws ProtocolViolation;

    /** How many bytes of a message or frame that is not complete yet have come; 0 if none is under way. */
    int underWay();

    /** A bound for the messages that begin from now on, in bytes. */
    void limit(int bytes);
}
