package dev.signalbox.router;

import org.jspecify.annotations.Nullable;

/** How many subscribe to a topic, and who, where somebody may ask for that. Guarded by the topic's lock. */
final class TopicSubscribers {
    private final @Nullable TopicPresence presence;
    private int count;
    private long leftAt;

    TopicSubscribers(@Nullable TopicPresence presence) {
        this.presence = presence;
    }

    int count() {
        return count;
    }

    /** When the last one left, in milliseconds of the topic's clock. */
    long leftAt() {
        return leftAt;
    }

    boolean havePresence() {
        return presence != null;
    }

    void join(String user) {
        count++;
        if (presence != null) {
            presence.join(user);
        }
    }

    void leave(String user, long now) {
        count--;
        leftAt = now;
        if (presence != null) {
            presence.leave(user);
        }
    }
}
