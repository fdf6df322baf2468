package dev.signalbox.router;

import dev.signalbox.router.ClientSession.Subscribing;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Follows a topic as an endpoint does: what is kept first, then what is published. */
final class Follower implements Shard {
    /** Stands where offsets are missing. */
    static final String GAP = "gap";

    private final Queue<Publication> live = new ConcurrentLinkedQueue<>();
    private final List<String> texts = new ArrayList<>();
    private final List<Long> offsets = new ArrayList<>();
    private final Topic topic;
    private final boolean recovered;
    private long at;

    Follower(Subscribing.Subscribed subscribed) {
        topic = subscribed.topic();
        recovered = subscribed.recovered();
        at = subscribed.after();
        long end = topic.attach(this);
        while (at < end) {
            Topic.Kept kept = topic.read(at, end, 1 << 20);
            kept.publications().forEach(this::take);
            if (kept.publications().isEmpty()) {
                texts.add(GAP);
                at = end;
            }
        }
    }

    boolean recovered() {
        return recovered;
    }

    Topic topic() {
        return topic;
    }

    /** The place of the last that came. */
    synchronized Position position() {
        texts();
        return new Position(topic.epoch(), at);
    }

    /** What came so far, with {@link #GAP} where something is missing. */
    synchronized List<String> texts() {
        for (Publication next = live.poll(); next != null; next = live.poll()) {
            take(next);
        }
        return List.copyOf(texts);
    }

    synchronized List<Long> offsets() {
        texts();
        return List.copyOf(offsets);
    }

    private void take(Publication next) {
        if (next.offset() <= at) {
            return;
        }
        if (next.offset() > at + 1) {
            texts.add(GAP);
        }
        at = next.offset();
        offsets.add(at);
        texts.add(((Payload.Text) next.message().payload()).value());
    }

    @Override
    public boolean reserve(Message message) {
        return true;
    }

    @Override
    public void release(Message message) {
        // Nothing was counted.
    }

    @Override
    public void publish(Topic of, Publication publication) {
        live.add(publication);
    }
}
