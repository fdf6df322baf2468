package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.Address;
import dev.signalbox.router.ClientSession.Publishing;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Publication;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.router.Topic;
import dev.signalbox.router.TopicPolicy;
import dev.signalbox.router.TopicPolicy.SlowConsumer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A slow reader of a topic whose messages have keys. */
class ConflatedReadingTest {
    private static final Address.Topic PRICES = Address.topic("prices");
    private static final int KEYS = 10;

    private static long publish(Router router, String key) {
        Message message =
                Message.of(Address.logic("server"), PRICES, Payload.text(key)).withHeader("key", key);
        return ((Publishing.Published) router.publish(message, Optional.empty()))
                .position()
                .offset();
    }

    /** It reads one message while two are published, one of which always has the same key. */
    @Test
    void aKeyThatChangesAllTheTimeIsNotPutOffForEver() {
        TopicPolicy policy =
                new TopicPolicy(100_000, 1 << 20, Duration.ofHours(1), SlowConsumer.GAP).conflatingBy("key");
        RouterOptions options = RouterOptions.defaults()
                .withDrain(Duration.ZERO)
                .withTopics(new RouterOptions.Topics(10, 10, List.of(), policy));
        OutboxFixture fixture = new OutboxFixture();
        EmbeddedChannel channel = new EmbeddedChannel();
        try (Router router = Router.create(options)) {
            router.attach(fixture);
            router.authorize((principal, operation, address) -> true);
            ClientConnection connection =
                    OutboxFixture.connection(channel, fixture.outbox(channel.eventLoop()), false, () -> {});
            Topic topic = fixture.topic("prices");
            Feed feed = new Feed(topic, 0);
            Member member = new Member(connection, feed, 0);
            int hot = 0;
            for (int i = 0; i < KEYS; i++) {
                publish(router, "cold" + i);
            }
            for (int i = 0; i < 20 * KEYS; i++) {
                feed.offset = publish(router, "hot");
                Publication next = member.read(feed.offset, 1).publications().getFirst();
                assertThat(next.offset()).isGreaterThan(member.offset);
                member.offset = next.offset();
                hot += next.message().payload().equals(Payload.text("hot")) ? 1 : 0;
                publish(router, "cold" + i % KEYS);
            }

            assertThat(hot)
                    .as("about once in as many messages as there are keys")
                    .isBetween(10, 20);
        } finally {
            channel.finishAndReleaseAll();
        }
    }
}
