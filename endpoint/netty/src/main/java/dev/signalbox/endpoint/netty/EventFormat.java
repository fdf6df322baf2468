package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Lines of server-sent events. A frame is a line of data and no whole event: an event has all frames of one write, and ends with
 * its id, which is each client's own. So frames are shared between clients, and a client has either all of an event or nothing.
 */
enum EventFormat implements WireFormat {
    EVENTS;

    private static final byte[] BEGIN = "data: ".getBytes(StandardCharsets.US_ASCII);

    @Override
    public void json(byte[] json, int length, ByteBuf out) {
        out.writeBytes(BEGIN).writeBytes(json, 0, length).writeByte('\n');
    }

    @Override
    public int most(int content) {
        return content + BEGIN.length + 1;
    }
}
