package dev.signalbox.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.router.Decision;
import dev.signalbox.router.MessageId;
import dev.signalbox.router.Publication;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A topic has a message of the queue once, however often it is attempted. */
class TopicSenderTest {
    private final Router router = Router.create(RouterOptions.defaults());
    private final TopicSender sender = new TopicSender(router);
    private final Delivery delivery = new Delivery(
            MessageId.next(),
            0,
            1,
            Channel.TOPIC,
            "batches",
            "{\"batch\": 1}",
            Map.of("batch", "7"),
            Duration.ofSeconds(20));

    @AfterEach
    void close() {
        router.close();
    }

    private List<Publication> published() {
        return router.read("batches", 0, 1 << 20)
                .map(kept -> kept.publications())
                .orElse(List.of());
    }

    @Test
    void anAttemptThatIsRepeatedPublishesNothingMore() throws Exception {
        SendResult first = sender.send(delivery);
        SendResult again = sender.send(delivery);

        assertThat(first).isInstanceOf(SendResult.Accepted.class);
        assertThat(again).as("the same place in the topic").isEqualTo(first);
        assertThat(published()).singleElement().satisfies(publication -> {
            assertThat(publication.message().id()).isEqualTo(delivery.id());
            assertThat(publication.message().payload()).hasToString("{\"batch\": 1}");
            assertThat(publication.message().headers()).containsEntry("batch", "7");
        });
    }

    @Test
    void nothingIsPublishedOnALeaseThatIsOver() throws Exception {
        assertThat(sender.send(delivery.withPermit(() -> false))).isInstanceOf(SendResult.NotSent.class);
        assertThat(published()).isEmpty();
    }

    @Test
    void whatMiddlewareRejectsIsRejected() throws Exception {
        router.onSend(message -> new Decision.Reject("not here"));
        assertThat(sender.send(delivery))
                .isInstanceOfSatisfying(
                        SendResult.Rejected.class,
                        rejected -> assertThat(rejected.reason()).contains("not here"));
    }

    /** The node is about to stop: another one, or this one after its start, publishes it. */
    @Test
    void aRouterThatClosesHasNotPublishedIt() throws Exception {
        router.close();
        assertThat(sender.send(delivery)).isInstanceOf(SendResult.NotSent.class);
    }

    @Test
    void anAddressIsTheNameOfOneTopic() {
        var channel = new TopicChannel(sender);
        assertThat(channel.canonical("orders/7")).isEqualTo("orders/7");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> channel.canonical("orders/*"))
                .withMessageContaining("many topics");
        assertThatIllegalArgumentException().isThrownBy(() -> channel.canonical("a b"));
    }
}
