package dev.signalbox.router;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Whom a topic hands its messages to. Guarded by the topic's lock. */
final class TopicShards {
    private final List<Shard> shards = new CopyOnWriteArrayList<>();

    void add(Shard shard) {
        shards.add(shard);
    }

    void remove(Shard shard) {
        shards.remove(shard);
    }

    boolean isEmpty() {
        return shards.isEmpty();
    }

    /** Either all take it, or none does: half a publication would help nobody. */
    boolean reserve(Message message) {
        List<Shard> reserved = new ArrayList<>(shards.size());
        for (Shard shard : shards) {
            if (!shard.reserve(message)) {
                reserved.forEach(each -> each.release(message));
                return false;
            }
            reserved.add(shard);
        }
        return true;
    }

    /** Gives back what {@link #reserve} took. */
    void release(Message message) {
        shards.forEach(shard -> shard.release(message));
    }

    /** Hands over what room was reserved for. */
    void publish(Topic topic, Publication publication) {
        shards.forEach(shard -> shard.publish(topic, publication));
    }
}
