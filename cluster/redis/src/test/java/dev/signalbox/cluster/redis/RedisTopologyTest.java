package dev.signalbox.cluster.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.ClusterLink;
import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.testing.contract.LinkRecorder;
import dev.signalbox.testing.contract.LinkRecorder.Event;
import dev.signalbox.testing.contract.LinkRecorder.Kind;
import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.services.RealRedis;
import dev.signalbox.testing.services.RealRedisCluster;
import io.lettuce.core.cluster.SlotHash;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Real failovers of a Redis Cluster: every channel is heard again, and what may be missing is told. */
class RedisTopologyTest extends LinkFixture {
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

    private static int slot(Channel channel) {
        return SlotHash.getSlot("test:" + channel.name());
    }
}
