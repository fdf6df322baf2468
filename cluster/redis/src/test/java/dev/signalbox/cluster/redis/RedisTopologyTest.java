package dev.signalbox.cluster.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.ClusterLink;
import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.router.Position;
import dev.signalbox.router.TopicHistory;
import dev.signalbox.router.TopicHistory.Append;
import dev.signalbox.router.TopicHistory.Appended;
import dev.signalbox.router.TopicHistory.Content;
import dev.signalbox.router.TopicHistory.Entry;
import dev.signalbox.router.TopicHistory.Page;
import dev.signalbox.router.TopicHistory.Retention;
import dev.signalbox.router.TopicHistoryException;
import dev.signalbox.testing.contract.LinkRecorder;
import dev.signalbox.testing.contract.LinkRecorder.Event;
import dev.signalbox.testing.contract.LinkRecorder.Kind;
import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.services.RealRedis;
import dev.signalbox.testing.services.RealRedisCluster;
import dev.signalbox.testing.services.RealSentinel;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Real failovers of a Redis Cluster and of a primary under Sentinel: what may be missing is told, and all goes on. */
class RedisTopologyTest extends LinkFixture {
    private static final String TOPIC = "news";
    private static final List<Channel> CHANNELS = Stream.concat(
                    Stream.of(NODE), IntStream.range(0, 20).mapToObj(i -> new Channel("topic." + i)))
            .toList();

    private ClusterLink subscribedToAll(String url) throws Exception {
        ClusterLink link = up(options(url), recorder);
        for (Channel each : CHANNELS) {
            done(link.subscribe(each));
        }
        return link;
    }

    private boolean isLossOfAllTold() {
        return CHANNELS.stream().allMatch(each -> recorder.events().contains(new Event(Kind.LOST, each, null)));
    }

    /** Lettuce's own subscriptions to sharded channels end in silence at each change. */
    @Test
    void shardedChannelsOfARedisClusterFollowTheirSlots() throws Exception {
        RealRedisCluster cluster = closing(RealRedisCluster.start());
        subscribedToAll(cluster.url());
        ClusterLink sender = up(options(cluster.url()), new LinkRecorder());
        awaitAllHeard(sender, recorder, CHANNELS);
        assertThat(cluster.primaryOf(slot(NODE)).ask("PUBSUB SHARDNUMSUB test:node.1"))
                .contains("\r\n:1\r\n");

        cluster.failOver();
        awaitAllHeard(sender, recorder, CHANNELS);
        assertThat(isLossOfAllTold()).isTrue();

        for (int kill = 0; kill < Effort.of(1, 3); kill++) {
            RealRedis primary = cluster.primaryOf(slot(NODE));
            primary.kill();
            awaitAllHeard(sender, recorder, CHANNELS);
            primary.startAgain();
            cluster.awaitWhole();
        }
        assertThat(recorder.count(Kind.DOWN)).isPositive();
        await().atMost(SOON).until(() -> recorder.count(Kind.UP) > 1);
    }

    @Test
    void linksFollowSentinelToANewPrimary() throws Exception {
        RealSentinel redis = closing(RealSentinel.start());
        subscribedToAll(redis.url());
        ClusterLink sender = up(options(redis.url()), new LinkRecorder());
        awaitAllHeard(sender, recorder, CHANNELS);

        redis.failOver();
        // The former primary goes on to serve those that have not followed yet.
        await().atMost(SOON).until(this::isLossOfAllTold);
        awaitAllHeard(sender, recorder, CHANNELS);

        redis.killPrimary();
        awaitAllHeard(sender, recorder, CHANNELS);
        assertThat(recorder.count(Kind.DOWN)).isPositive();
    }

    /** What a failover loses ends the epoch; what it does not lose is there. */
    @Test
    void aHistoryFollowsSentinelToANewPrimary() throws Exception {
        RealSentinel redis = closing(RealSentinel.start());
        TopicHistory history = closing(RedisLinks.history(options(redis.url())));
        Position seen = appendedAfter(history, Optional.empty(), "a");

        redis.failOver();
        seen = appendedAfter(history, Optional.of(seen), "b");
        redis.killPrimary();
        appendedAfter(history, Optional.of(seen), "c");
    }

    @Test
    void aHistoryInARedisClusterFollowsItsSlot() throws Exception {
        RealRedisCluster cluster = closing(RealRedisCluster.start());
        TopicHistory history = closing(RedisLinks.history(options(cluster.url())));
        Position seen = appendedAfter(history, Optional.empty(), "a");

        cluster.failOver();
        seen = appendedAfter(history, Optional.of(seen), "b");
        cluster.primaryOf(SlotHash.getSlot(TOPIC)).kill();
        appendedAfter(history, Optional.of(seen), "c");
    }

    /** Appends as often as it takes; what was seen is still there, or its epoch has ended. */
    private static Position appendedAfter(TopicHistory history, Optional<Position> seen, String id) {
        Append append = new Append(
                TOPIC,
                List.of(new Entry(id, Content.of(bytes(id)))),
                new Retention(100, 1 << 20, Duration.ofHours(1)),
                seen,
                new Position(UUID.randomUUID(), seen.map(Position::offset).orElse(1_000L) + 100));
        Appended done = await().atMost(SOON)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptionsMatching(
                        e -> e instanceof CompletionException && e.getCause() instanceof TopicHistoryException)
                .until(() -> history.append(append).toCompletableFuture().join(), answer -> true);
        seen.ifPresent(place -> {
            boolean goesOn = done.epoch().equals(place.epoch());
            assertThat(done.last()).isGreaterThan(place.offset());
            assertThat(goesOn).isEqualTo(done.last() == place.offset() + 1);
        });
        Page page = history.read(TOPIC, 0, 1_000).toCompletableFuture().join().orElseThrow();
        assertThat(page.entries().getLast().entry().id()).isEqualTo(id);
        return new Position(done.epoch(), done.last());
    }

    private static int slot(Channel channel) {
        return SlotHash.getSlot("test:" + channel.name());
    }
}
