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
            "news",
            new TopicStart.Oldest(),
            topic,
            new Events(ClientListener.NONE, 10),
            session.subscriptions(),
            Backoff.withJitter(ClientOptions.withToken("t").retry()));

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

    private void begins(String epoch, long offset) {
        subscription.begins(Frames.frame("ok").put("epoch", epoch).put("offset", offset));
    }

    @Test
    void whatComesAgainIsToldOnce() {
        begins("e", 0);
        subscription.received(message(1, "one"));
        subscription.received(message(1, "one again"));
        subscription.received(message(2, "two"));

        topic.awaitCount(Message.class, 2);
        assertThat(topic.texts()).containsExactly("one", "two");
    }

    /** How much was lost is not known. */
    @Test
    void anotherLifeOfTheTopicIsAGap() {
        begins("e", 0);
        subscription.received(message(1, "one"));
        begins("f", 0);
        subscription.received(message(1, "one of the other life"));

        topic.awaitCount(Message.class, 2);
        assertThat(topic.all(Gap.class)).containsExactly(new Gap("news", 0, 0, Gap.Reason.NEW_EPOCH));
        assertThat(subscription.position()).contains(new Position("f", 1));
    }

    /** After a gap, it goes on at its end, also where it asks the server. */
    @Test
    void aGapIsPassed() {
        begins("e", 0);
        subscription.gap(1, 5, true);
        subscription.received(message(4, "too late"));
        subscription.received(message(5, "five"));

        topic.awaitCount(Message.class, 1);
        assertThat(topic.events).hasSize(2).startsWith(new Gap("news", 1, 5, Gap.Reason.CONFLATED));
        assertThat(subscription.request().path("epoch").asString("")).isEqualTo("e");
        assertThat(subscription.request().path("offset").asLong(0)).isEqualTo(5);
    }
}
