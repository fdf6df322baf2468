package dev.signalbox.testing.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.router.AckResult;
import dev.signalbox.router.Address;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.router.TopicStart;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a test of your own may rely on. */
@Timeout(120)
class StubEndpointTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Router router = Router.create(RouterOptions.defaults().withDrain(SOON));
    private final StubEndpoint endpoint = StubEndpoint.create();

    @BeforeEach
    void attach() {
        router.attach(endpoint);
        router.authorize((principal, operation, address) -> true);
    }

    @AfterEach
    void close() {
        router.close();
    }

    private static String text(Message message) {
        return message.payload().toString();
    }

    private void publish(String topic, String text) {
        router.send(Message.of(Address.logic("server"), Address.topic(topic), Payload.text(text)));
    }

    @Test
    void clientsTalkToLogicAndToEachOther() throws Exception {
        router.add("echo", Logic.worker((message, context) -> context.reply(message, message.payload())));
        StubClient alice = endpoint.connect("alice");
        StubClient bob = endpoint.connect("bob");

        assertThat(text(alice.request("logic:echo", "hello", SOON)
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS)))
                .isEqualTo("hello");
        CompletableFuture<Message> answer =
                alice.request("client:bob", "how are you?", SOON).toCompletableFuture();
        bob.reply(bob.next(SOON), "fine");
        assertThat(text(answer.get(30, TimeUnit.SECONDS))).isEqualTo("fine");
        assertThat(alice.send("all", "to all").complete()).isTrue();
        assertThat(text(alice.next(SOON))).isEqualTo("to all");
        assertThat(bob.waiting()).extracting(StubEndpointTest::text).containsExactly("to all");
        assertThat(alice.send("client:carol", "are you there?").complete()).isFalse();
    }

    @Test
    void whatHasToBeAcknowledgedIs() throws Exception {
        StubClient alice = endpoint.connect("alice");
        CompletableFuture<AckResult> result = router.sendAcknowledged(
                        Message.of(Address.logic("server"), Address.client("alice"), Payload.text("sign here")), SOON)
                .toCompletableFuture();

        assertThat(alice.acknowledge(alice.next(SOON))).isTrue();
        assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo(new AckResult.Acked());
    }

    @Test
    void aSubscriberGetsWhatIsKeptAndThenWhatIsPublishedOnceAndInOrder() throws Exception {
        publish("news", "m1");
        StubClient alice = endpoint.connect("alice");
        Thread publisher = Thread.ofPlatform().start(() -> {
            for (int i = 2; i <= 2_000; i++) {
                publish("news", "m" + i);
            }
        });
        alice.subscribe("news", new TopicStart.Oldest());
        publisher.join();

        // The topic keeps 1,000: those that were dropped before the subscription are no longer there.
        int first = Integer.parseInt(text(alice.next(SOON)).substring(1));
        for (int i = first + 1; i <= 2_000; i++) {
            assertThat(text(alice.next(SOON))).isEqualTo("m" + i);
        }
        assertThat(alice.unsubscribe("news")).isTrue();
        publish("news", "too late");
        assertThat(alice.waiting()).isEmpty();
        assertThat(alice.unsubscribe("news")).isFalse();
    }

    @Test
    void whoLeavesOrIsRemovedIsGone() {
        StubClient alice = endpoint.connect("alice");
        StubClient bob = endpoint.connect("bob");
        alice.close();
        router.disconnect("bob", CloseReason.REMOVED);

        assertThat(router.sessions()).isEmpty();
        assertThat(alice.closed()).contains(CloseReason.GONE);
        assertThat(bob.closed()).contains(CloseReason.REMOVED);
        assertThatThrownBy(() -> bob.next(Duration.ofMillis(1))).isInstanceOf(AssertionError.class);
        router.close();
        assertThatIllegalStateException().isThrownBy(() -> endpoint.connect("carol"));
        assertThatIllegalStateException().isThrownBy(() -> StubEndpoint.create().connect("alice"));
    }
}
