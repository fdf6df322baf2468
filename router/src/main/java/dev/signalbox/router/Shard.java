package dev.signalbox.router;

/**
 * A part of an endpoint that writes to subscribers, such as one event loop: topics hand each message to a shard once, and it
 * sees to its own subscribers. Thread-safe; nothing here blocks.
 */
public interface Shard {

    /** Makes room for a message; false if as much waits here as may. What is reserved is either published or released. */
    boolean reserve(Message message);

    /** Gives back what was reserved for a message that is not published after all. */
    void release(Message message);

    /** Takes a message over, in the order of the offsets. Called with the topic locked: hand over and return. */
    void publish(Topic topic, Publication publication);
}
