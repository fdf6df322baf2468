package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Connections that were written to and not flushed yet, so that each costs one system call. For one event loop. */
final class Writes {
    private final List<ClientConnection> dirty = new ArrayList<>();

    /** Writes whole frames, which it takes over. */
    void write(ClientConnection connection, ByteBuf frames) {
        if (!connection.dirty) {
            connection.dirty = true;
            dirty.add(connection);
        }
        connection.write(frames);
    }

    /**
     * Writes whole frames, which it takes over, where nothing else is about to be written to the connection: they leave at once. A second
     * round over all connections would find none of what a write needs of them in the processor's caches any more.
     */
    void writeLast(ClientConnection connection, ByteBuf frames) {
        connection.write(frames);
        if (!connection.dirty) {
            connection.flush();
        }
    }

    void flush() {
        for (int i = 0; i < dirty.size(); i++) {
            ClientConnection connection = dirty.get(i);
            connection.dirty = false;
            connection.flush();
        }
        dirty.clear();
    }
}
