package dev.signalbox.testing.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.Message;
import dev.signalbox.router.Shard;
import dev.signalbox.router.Topic;
import dev.signalbox.router.TopicPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StubSubscriptionTest {
    /** Knows who is attached, and keeps nothing. */
    private static final class Attached implements Topic {
        final List<Shard> shards = new ArrayList<>();

        @Override
        public String name() {
            return "news";
        }

        @Override
        public UUID epoch() {
            return new UUID(0, 1);
        }

        @Override
        public TopicPolicy policy() {
            return TopicPolicy.DEFAULT;
        }

        @Override
        public long attach(Shard shard) {
            shards.add(shard);
            return 0;
        }

        @Override
        public void detach(Shard shard) {
            shards.remove(shard);
        }

        @Override
        public long first() {
            return 1;
        }

        @Override
        public Kept read(long after, long upTo, int maxBytes) {
            return new Kept(1, List.of());
        }

        @Override
        public Kept readNewest(long after, long upTo, int maxBytes) {
            return read(after, upTo, maxBytes);
        }
    }

    private final Attached topic = new Attached();
    private final List<Message> read = new ArrayList<>();
    private final StubSubscription subscription = new StubSubscription(topic, read::add);

    @Test
    void oneThatEndsBeforeItBeginsIsNotLeftAttached() {
        subscription.end();
        subscription.begin(0);
        assertThat(topic.shards).isEmpty();
        assertThat(read).isEmpty();
    }

    @Test
    void oneThatBeginsIsAttachedUntilItEnds() {
        subscription.begin(0);
        assertThat(topic.shards).containsExactly(subscription);
        subscription.end();
        assertThat(topic.shards).isEmpty();
    }
}
