package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.Address;
import dev.signalbox.router.Authorizer.Operation;
import dev.signalbox.router.ErrorCode;
import dev.signalbox.router.Gatekeeper;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Position;
import dev.signalbox.router.Principal;
import dev.signalbox.router.RouteError;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.router.TopicGrants;
import dev.signalbox.router.TopicPolicy;
import dev.signalbox.testing.contract.TestClient.Event;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Topics: publishing, subscribing, coming back. */
abstract class EndpointTopicContract extends EndpointMessagingContract {
    private static final String NEWS = "news";

    private Position subscribe(TestClient client, Optional<Position> from) {
        client.subscribe("s", NEWS, from);
        Event.Subscribed subscribed = next(client, Event.Subscribed.class);
        return new Position(subscribed.epoch(), subscribed.offset());
    }

    private void allowAll() {
        router.authorize((principal, operation, address) -> true);
    }

    private void publish(int from, int to) {
        for (int i = from; i <= to; i++) {
            send(Address.topic(NEWS), text("m" + i));
        }
    }

    private static void assertNext(TestClient client, int from, int to) {
        for (int i = from; i <= to; i++) {
            assertThat(client.next()).isEqualTo(new Event.Published(NEWS, i, text("m" + i)));
        }
    }

    @Test
    void everySubscriberGetsEachMessageOnceAndInOrder() {
        allowAll();
        TestClient alice = client("alice");
        TestClient bob = client("bob");
        assertThat(subscribe(alice, Optional.empty()).offset()).isZero();
        subscribe(bob, Optional.empty());
        publish(1, 500);

        assertNext(alice, 1, 500);
        assertNext(bob, 1, 500);
        alice.publish("p", NEWS, text("m501"), Optional.of("key"));
        assertNext(bob, 501, 501);
        assertThat(List.of(alice.next(), alice.next()))
                .containsExactlyInAnyOrder(
                        new Event.Placed("p", 501, false), new Event.Published(NEWS, 501, text("m501")));
        alice.publish("q", NEWS, text("again"), Optional.of("key"));
        assertThat(alice.next()).isEqualTo(new Event.Placed("q", 501, true));
        bob.unsubscribe("u", NEWS);
        assertThat(bob.next()).isEqualTo(new Event.Ok("u"));
        publish(502, 502);
        send(Address.client("bob"), text("direct"));
        assertThat(nextText(bob)).isEqualTo("direct");
    }

    @Test
    void whoComesBackGetsWhatWasPublishedMeanwhile() {
        allowAll();
        TestClient first = client("alice");
        Position begin = subscribe(first, Optional.empty());
        publish(1, 3);
        assertNext(first, 1, 3);
        first.abort();
        awaitGone("alice");
        publish(4, 8);

        TestClient second = client("alice");
        second.subscribe("s", NEWS, Optional.of(new Position(begin.epoch(), 3)));
        assertThat(second.next()).isEqualTo(new Event.Subscribed("s", begin.epoch(), 3, true));
        publish(9, 9);
        assertNext(second, 4, 9);
    }

    @Test
    void whatIsNoLongerKeptIsToldAsAGap() {
        TopicPolicy three = new TopicPolicy(3, 1 << 20, Duration.ofMinutes(5), TopicPolicy.SlowConsumer.GAP);
        reopen(
                RouterOptions.defaults().withTopics(new RouterOptions.Topics(10, 10, List.of(), three)),
                EndpointSettings.DEFAULT);
        allowAll();
        TestClient alice = client("alice");
        Position begin = subscribe(alice, Optional.empty());
        alice.unsubscribe("u", NEWS);
        assertThat(alice.next()).isEqualTo(new Event.Ok("u"));
        publish(1, 10);

        alice.subscribe("s", NEWS, Optional.of(begin));
        assertThat(alice.next()).isEqualTo(new Event.Subscribed("s", begin.epoch(), 0, false));
        assertThat(alice.next()).isEqualTo(new Event.Gap(NEWS, 1, 8));
        assertNext(alice, 8, 10);
    }

    @Test
    void aPatternBringsWhatIsPublishedToAllTopicsThatBeginSo() {
        allowAll();
        TestClient alice = client("alice");
        TestClient bob = client("bob");
        subscribe(bob, Optional.empty());
        alice.subscribe("s", "news*", Optional.empty());
        Event.Subscribed subscribed = next(alice, Event.Subscribed.class);
        for (int i = 1; i <= 100; i++) {
            send(Address.topic(i % 2 == 0 ? NEWS : "news.sport"), text("m" + i));
            send(Address.topic("other"), text("not for her"));
        }

        for (int i = 1; i <= 100; i++) {
            assertThat(alice.next()).isEqualTo(new Event.Published("news*", i, text("m" + i)));
        }
        assertThat(bob.next()).isEqualTo(new Event.Published(NEWS, 1, text("m2")));
        alice.unsubscribe("u", "news*");
        assertThat(alice.next()).isEqualTo(new Event.Ok("u"));
        send(Address.topic(NEWS), text("m101"));
        alice.subscribe("s", "news*", Optional.of(new Position(subscribed.epoch(), 100)));
        assertThat(alice.next()).isEqualTo(new Event.Subscribed("s", subscribed.epoch(), 100, true));
        assertThat(alice.next()).isEqualTo(new Event.Published("news*", 101, text("m101")));
        alice.publish("p", "news*", text("x"), Optional.empty());
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("forbidden");
    }

    @Test
    void whatIsVolatileGoesToThoseWhoSubscribeAndHasNoPlace() {
        allowAll();
        TestClient alice = client("alice");
        TestClient bob = client("bob");
        subscribe(bob, Optional.empty());
        publish(1, 1);
        alice.publishVolatile("p", NEWS, text("typing"));
        assertThat(alice.next()).isEqualTo(new Event.Ok("p"));
        publish(2, 2);

        assertNext(bob, 1, 1);
        assertThat(bob.next()).isEqualTo(new Event.Published(NEWS, 0, text("typing")));
        assertNext(bob, 2, 2);
        alice.subscribe(
                "s",
                NEWS,
                Optional.of(new Position(router.topic(NEWS).orElseThrow().epoch(), 0)));
        assertThat(next(alice, Event.Subscribed.class).recovered()).isTrue();
        assertNext(alice, 1, 2);
    }

    @Test
    void whoComesBackToATopicWithKeysGetsTheNewestOfEach() {
        TopicPolicy policy =
                new TopicPolicy(100, 1 << 20, Duration.ofMinutes(5), TopicPolicy.SlowConsumer.GAP).conflatingBy("key");
        reopen(
                RouterOptions.defaults().withTopics(new RouterOptions.Topics(10, 10, List.of(), policy)),
                EndpointSettings.DEFAULT);
        allowAll();
        TestClient alice = client("alice");
        Position begin = subscribe(alice, Optional.empty());
        alice.unsubscribe("u", NEWS);
        assertThat(alice.next()).isEqualTo(new Event.Ok("u"));
        for (int i = 1; i <= 9; i++) {
            Message message = Message.of(Address.logic("server"), Address.topic(NEWS), text("m" + i));
            assertThat(router.send(message.withHeader("key", i <= 6 ? "a" : "b"))
                            .complete())
                    .isTrue();
        }

        alice.subscribe("s", NEWS, Optional.of(begin));
        assertThat(alice.next()).isEqualTo(new Event.Subscribed("s", begin.epoch(), 0, true));
        assertThat(alice.next()).isEqualTo(new Event.Gap(NEWS, 1, 6));
        assertNext(alice, 6, 6);
        assertThat(alice.next()).isEqualTo(new Event.Gap(NEWS, 7, 9));
        assertNext(alice, 9, 9);
    }

    @Test
    void theServerSubscribesASessionWhateverItsUserMayDo() {
        TestClient alice = client("alice");
        UUID session = router.sessions("alice").getFirst().id();
        assertThat(router.subscribe(session, NEWS)).isTrue();

        assertThat(alice.next()).isEqualTo(new Event.Joined(NEWS, 0));
        publish(1, 50);
        assertNext(alice, 1, 50);
        assertThat(router.subscriptions(session)).containsExactly(NEWS);
        assertThat(router.unsubscribe(session, NEWS)).isTrue();
        assertThat(alice.next()).isEqualTo(new Event.Left(NEWS));
        publish(51, 51);
        assertThat(router.subscribe(session, "news*")).isTrue();
        assertThat(alice.next()).as("nothing in between").isEqualTo(new Event.Joined("news*", 0));
        assertThat(router.subscribe(UUID.randomUUID(), NEWS)).isFalse();
    }

    @Test
    void credentialsSubscribeEachSessionFromItsBeginning() {
        reopen(
                token -> Optional.of(new Principal(
                        "alice",
                        Map.of(),
                        Optional.empty(),
                        new TopicGrants(List.of(), List.of(), List.of(NEWS, "secrets")))),
                EndpointSettings.DEFAULT);
        router.authorize((principal, operation, address) -> address.equals(Address.topic(NEWS)));
        publish(1, 2);
        TestClient alice = client("alice");

        assertThat(alice.next()).isEqualTo(new Event.Joined(NEWS, 2));
        assertThat(next(alice, Event.Failed.class).code())
                .as("the authorizer has the last word")
                .isEqualTo("forbidden");
        publish(3, 3);
        assertNext(alice, 3, 3);
    }

    /** Asked about {@code news}, it answers when the test says so. */
    private Queue<CompletableFuture<Optional<RouteError>>> gate() {
        Queue<CompletableFuture<Optional<RouteError>>> asked = new ConcurrentLinkedQueue<>();
        router.gate(new Gatekeeper() {
            @Override
            public boolean asksAbout(Operation operation, Address.Topic topic) {
                return topic.name().equals(NEWS);
            }

            @Override
            public CompletionStage<Optional<RouteError>> ask(Wish wish) {
                CompletableFuture<Optional<RouteError>> answer = new CompletableFuture<>();
                asked.add(answer);
                return answer;
            }
        });
        return asked;
    }

    private static CompletableFuture<Optional<RouteError>> awaitAsked(
            Queue<CompletableFuture<Optional<RouteError>>> asked) {
        return await().atMost(SOON).until(asked::poll, Objects::nonNull);
    }

    private static Payload payload(Event event) {
        return switch (event) {
            case Event.Published published -> published.payload();
            case Event.Incoming incoming -> incoming.payload();
            default -> throw new AssertionError("neither a message of a topic nor one to the client: " + event);
        };
    }

    @Test
    void whileSomebodyIsAskedAboutAFrameLaterOnesWaitAndKeepTheirOrder() {
        allowAll();
        TestClient bob = client("bob");
        subscribe(bob, Optional.empty());
        Queue<CompletableFuture<Optional<RouteError>>> asked = gate();
        TestClient alice = client("alice");
        alice.publish("1", NEWS, text("one"), Optional.empty());
        alice.send(Optional.of("2"), List.of("client:bob"), text("after one"));
        alice.send(Optional.of("3"), List.of("client:bob", "topic:news"), text("two"));
        awaitAsked(asked).complete(Optional.empty());
        CompletableFuture<Optional<RouteError>> second = awaitAsked(asked);

        assertThat(alice.next()).isEqualTo(new Event.Placed("1", 1, false));
        assertThat(alice.next()).isEqualTo(new Event.Ok("2"));
        // What comes of a topic and what comes to a client have no order between them.
        assertThat(List.of(bob.next(), bob.next()))
                .extracting(EndpointTopicContract::payload)
                .containsExactlyInAnyOrder(text("one"), text("after one"));
        second.complete(Optional.of(new RouteError(ErrorCode.REJECTED, Optional.empty(), "not today")));
        assertThat(next(alice, Event.Failed.class))
                .isEqualTo(new Event.Failed(Optional.of("3"), "rejected", "not today"));
        alice.subscribe("4", NEWS, Optional.empty());
        awaitAsked(asked).completeExceptionally(new IllegalStateException("the one who is asked is ill"));
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("overloaded");
        alice.subscribe("5", NEWS, Optional.empty());
        awaitAsked(asked).complete(Optional.empty());
        assertThat(next(alice, Event.Subscribed.class).id()).isEqualTo("5");
        assertThat(router.topic(NEWS).orElseThrow().last())
                .as("what was refused is in no topic")
                .isEqualTo(1);
        alice.unsubscribe("6", "never");
        assertThat(next(alice, Event.Failed.class).code())
                .as("nobody is asked about it")
                .isEqualTo("malformed");
    }

    @Test
    void whatWaitsIsBoundedAndNobodyIsAskedAboutWhatIsForbidden() {
        router.authorize((principal, operation, address) -> operation != Operation.SUBSCRIBE);
        Queue<CompletableFuture<Optional<RouteError>>> asked = gate();
        TestClient alice = client("alice");
        alice.subscribe("0", NEWS, Optional.empty());
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("forbidden");
        assertThat(asked).isEmpty();
        for (int i = 1; i <= 103; i++) {
            alice.send(Optional.of("f" + i), List.of("topic:news"), text("x"));
        }
        assertThat(next(alice, Event.Failed.class))
                .satisfies(failed -> assertThat(failed.id()).contains("f102"))
                .satisfies(failed -> assertThat(failed.code()).isEqualTo("overloaded"));
        assertThat(next(alice, Event.Failed.class).id()).contains("f103");
        for (int i = 1; i <= 101; i++) {
            awaitAsked(asked).complete(Optional.empty());
            assertThat(alice.next()).isEqualTo(new Event.Ok("f" + i));
        }
    }

    @Test
    void whoMayNotUseATopicIsTold() {
        router.authorize((principal, operation, address) -> operation == Operation.SEND);
        TestClient alice = client("alice");

        alice.subscribe("s", NEWS, Optional.empty());
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("forbidden");
        alice.publish("p", NEWS, text("x"), Optional.empty());
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("forbidden");
        assertThat(router.topics()).isEmpty();
    }
}
