package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Stored;
import java.util.List;
import java.util.UUID;

/** Who is to be woken when a session changes. Called on the threads that append and that watch the store: returns at once. */
interface Watcher {
    /**
     * These consecutive events were appended, by this process.
     *
     * @param previous the batch of the event before them; {@link EventId#UNKNOWN} if there is none, or it is not known
     */
    void appended(UUID previous, List<Stored> events);

    /** The session has events up to this offset at least. */
    void changed(long last);

    /**
     * The session's last event, as found by looking for what nobody told of.
     *
     * @return whether that was news
     */
    boolean swept(EventId last);
}
