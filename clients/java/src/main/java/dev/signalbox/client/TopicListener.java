package dev.signalbox.client;

/** Told what comes of a topic, one call at a time, in order, on the thread of the {@link ClientListener}. */
@FunctionalInterface
public interface TopicListener {

    void onMessage(Message message);

    /** Some messages do not come; the next one is after them. */
    default void onGap(Gap gap) {}
}
