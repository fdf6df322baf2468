package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * The last events of a stream, for a client that comes back. It keeps slices of what all clients share, not copies. For one event
 * loop.
 */
final class EventReplay {
    /** The oldest events go once all take more than this, each with its overhead; the newest always stays. */
    static final int MAX_BYTES = 256 << 10;

    private static final int OVERHEAD = 1 << 10;

    private record Event(long id, List<ByteBuf> parts, int bytes) {}

    private final Deque<Event> events = new ArrayDeque<>();
    private List<ByteBuf> open = new ArrayList<>(2);
    private int openBytes;
    private long bytes;
    private long forgotten;
    private long last;

    /** A part of the event that is being written, which it takes over. */
    void add(ByteBuf part) {
        open.add(part);
        openBytes += part.readableBytes();
    }

    /** The event is complete. */
    void end(long id) {
        Event event = new Event(id, open, openBytes + OVERHEAD);
        open = new ArrayList<>(2);
        openBytes = 0;
        events.add(event);
        last = id;
        bytes += event.bytes();
        while (bytes > MAX_BYTES && events.size() > 1) {
            forget(events.removeFirst());
        }
    }

    private void forget(Event event) {
        bytes -= event.bytes();
        forgotten = event.id();
        event.parts().forEach(ByteBuf::release);
    }

    /** Bytes of the event that is being written. */
    int openBytes() {
        return openBytes;
    }

    /** Whether every event after this one is here. */
    boolean hasAllAfter(long id) {
        return id >= forgotten && id <= last;
    }

    /** Hands over each part of the events after {@code id}, and of the one that is being written. */
    void replay(long id, Consumer<ByteBuf> out) {
        for (Event event : events) {
            if (event.id() > id) {
                event.parts().forEach(part -> out.accept(part.retainedDuplicate()));
            }
        }
        open.forEach(part -> out.accept(part.retainedDuplicate()));
    }

    /** Nobody comes back. */
    void clear() {
        open.forEach(ByteBuf::release);
        open.clear();
        openBytes = 0;
        while (!events.isEmpty()) {
            forget(events.removeFirst());
        }
    }
}
