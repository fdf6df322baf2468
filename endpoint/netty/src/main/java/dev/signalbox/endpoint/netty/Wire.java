package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;

/** Where the bytes for a client go, and how they say what is not a frame of the protocol. For one event loop. */
interface Wire {

    /** Whether it takes more for now. */
    boolean isWritable();

    /** Writes whole frames, which it takes over; they leave with the next flush. */
    void write(ByteBuf frames);

    void flush();

    /** Asks for a sign of life that no code of the client needs to see. */
    void ping();

    /** Says why the connection ends, after which nothing is written. The client has a little time to do its part. */
    void goodbye(CloseCode code);

    /** The same after what cannot be understood: nothing that the client says could be read any more. */
    void fail(CloseCode code);

    /**
     * The client has said goodbye: does what is left to do, and closes.
     *
     * @param status what the client gave as its reason, in the form of its transport
     * @param answer false if {@link #goodbye} was said before
     */
    void farewell(byte[] status, boolean answer);

    /** Closes at once. */
    void close();
}
