package dev.signalbox.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a subscription makes of what comes, without a server. */
@Timeout(60)
class SubscriptionTest {
    /** It never connects. */
    private final Session session =
            new Session(URI.create("ws://localhost/ws"), ClientOptions.withToken("t"), ClientListener.NONE);

    private final Recorder topic = new Recorder();
    private final Subscription subscription = new Subscription(
            "news", new TopicStart.Oldest(), topic, new Events(ClientListener.NONE, 10), session.subscriptions());

    @AfterEach
    void close() {
        session.close();
    }

    private static Message message(long offset, String text) {
        return new Message(
                "id",
                "client:alice",
                Optional.of("news"),
                OptionalLong.of(offset),
                Optional.empty(),
                Map.of(),
                Payload.text(text));
    }

    /** The topic was left and subscribed to again, and some of what it had sent before was still under way. */
    @Test
    void whatComesBeforeTheAnswerIsAnOlderSubscriptions() {
        subscription.received(message(2, "two, to the older one"));
        subscription.gap(3, 5, false);
        subscription.begins(Frames.frame("ok").put("epoch", "e").put("offset", 0));
        subscription.received(message(1, "one"));
        subscription.received(message(2, "two"));

        topic.awaitCount(Message.class, 2);
        assertThat(topic.texts()).containsExactly("one", "two");
        assertThat(topic.all(Gap.class)).isEmpty();
        assertThat(subscription.position()).contains(new Position("e", 2));
    }
}
