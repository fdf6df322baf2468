package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Payload;
import io.netty.buffer.ByteBuf;

/**
 * What frames look like on the wire. Clients with the same format share what is encoded: a message to many is encoded once for
 * each format in use, so there is one instance of each. Stateless, for any event loop.
 */
interface WireFormat {

    /** Appends a frame with a JSON object, the first {@code length} bytes of {@code json}. */
    void json(byte[] json, int length, ByteBuf out);

    /** Appends a frame with a payload as it is; false, with nothing appended, if payloads go in JSON here. */
    default boolean payload(Payload.Binary payload, ByteBuf out) {
        return false;
    }

    /** The most bytes that a frame takes with so many bytes of content. */
    int most(int content);

    /** The format for what has to tell more than its payload, such as an offset. */
    default WireFormat enveloped() {
        return this;
    }
}
