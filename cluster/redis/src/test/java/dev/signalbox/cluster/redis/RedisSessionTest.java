package dev.signalbox.cluster.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.testing.services.RealRedis;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a session makes of the answers of a server. */
@Timeout(300)
class RedisSessionTest extends LinkFixture {

    private static final class Receiver implements RedisSession.Receiver {
        private final List<String> told = new CopyOnWriteArrayList<>();

        @Override
        public void received(RedisSession session, Channel channel, byte[] bytes) {
            told.add("received");
        }

        @Override
        public void subscribed(RedisSession session, Channel channel) {
            told.add("subscribed " + session.isConfirmed(channel));
        }

        @Override
        public void unsubscribed(RedisSession session, Channel channel) {
            told.add("unsubscribed");
        }

        @Override
        public void refused(RedisSession session, Channel channel, String reason) {
            told.add("refused");
        }

        @Override
        public void refusedCommand(RedisSession session) {
            told.add("refused command");
        }

        @Override
        public void ended(RedisSession session) {
            told.add("ended");
        }
    }

    /** The other answers are to what is not wanted any more. */
    @Test
    void onlyTheAnswerToTheLastSubscriptionConfirmsIt() throws Exception {
        RealRedis redis = closing(RealRedis.start("appendonly no"));
        RedisLinkOptions options = options(redis.url());
        RedisConnector connector = closing(new RedisConnector(options));
        Receiver receiver = new Receiver();
        RedisSession session =
                RedisSession.open(connector, options.nodes().getFirst(), false, RedisBounds.DEFAULT, receiver);

        redis.freeze();
        session.subscribe(NODE);
        session.unsubscribe(NODE);
        session.subscribe(NODE);
        redis.thaw();

        await().atMost(SOON).until(() -> !receiver.told.isEmpty());
        done(session.publish(NODE, bytes("x")));
        await().atMost(SOON).until(() -> receiver.told.contains("received"));
        assertThat(receiver.told).containsExactly("subscribed true", "received");
        session.close();
    }
}
