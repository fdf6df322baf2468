package dev.signalbox.server.rest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The answer to one request. Status and headers can be changed until the first byte of the body is written. The body of an
 * answer to HEAD is dropped. Confined to the handler's thread, except for the {@link #outputStream}, which any one thread
 * at a time may use.
 */
public interface Response {
    /** Sets the status; 200 by default. */
    Response status(int status);

    /** The status as set so far. */
    int status();

    /** Replaces a header. */
    Response header(String name, String value);

    /** Sends the whole body; nothing can be added afterwards. Blocks until it is written. */
    void send(byte[] body) throws IOException;

    /** Sends text as UTF-8. */
    default void send(String body) throws IOException {
        send(body.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends the head alone. */
    default void send() throws IOException {
        send(new byte[0]);
    }

    /**
     * A body of unknown length. Buffered: {@code flush} sends what was written so far. It ends when the handler returns; if
     * the handler fails after the first byte, the connection is cut, so that the client does not take a part for the whole.
     * A write fails if the client reads nothing for as long as the server's body timeout.
     */
    OutputStream outputStream();

    /** Whether the head is on its way, so that neither status nor headers can change. */
    boolean begun();
}
