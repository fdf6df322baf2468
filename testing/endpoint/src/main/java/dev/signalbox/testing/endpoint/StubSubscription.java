package dev.signalbox.testing.endpoint;

import dev.signalbox.router.Message;
import dev.signalbox.router.Publication;
import dev.signalbox.router.Shard;
import dev.signalbox.router.Topic;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * One client's place in one topic: first what the topic keeps, then what is published. Thread-safe. Its lock is taken under that of
 * the topic, and so it asks the topic for nothing while it holds it.
 */
final class StubSubscription implements Shard {
    private final Topic topic;
    private final Consumer<Message> reader;
    private final Queue<Publication> early = new ArrayDeque<>();
    private boolean begun;
    private boolean ended;

    StubSubscription(Topic topic, Consumer<Message> reader) {
        this.topic = topic;
        this.reader = reader;
    }

    /** Race: another thread may have ended it before it was attached. */
    void begin(long after) {
        long last = topic.attach(this);
        if (!begin(topic.read(after, last, Integer.MAX_VALUE))) {
            topic.detach(this);
        }
    }

    /** False if it has ended. */
    private synchronized boolean begin(Topic.Kept kept) {
        if (ended) {
            return false;
        }
        kept.publications().forEach(each -> reader.accept(each.message()));
        early.forEach(each -> reader.accept(each.message()));
        early.clear();
        begun = true;
        return true;
    }

    void end() {
        synchronized (this) {
            ended = true;
        }
        topic.detach(this);
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
    public synchronized void publish(Topic from, Publication publication) {
        if (ended) {
            return;
        }
        if (begun) {
            reader.accept(publication.message());
        } else {
            early.add(publication);
        }
    }
}
