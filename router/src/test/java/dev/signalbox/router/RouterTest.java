package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.SERVER;
import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.get;
import static dev.signalbox.router.RouterFixture.text;
import static dev.signalbox.router.RouterFixture.texts;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RouterTest {
    private final RouterFixture fixture = new RouterFixture();
    private final Router router = fixture.router;
    private final BlockingQueue<Message> seen = new ArrayBlockingQueue<>(100);
    private final Logic collect = Logic.worker((message, context) -> seen.add(message));

    @AfterEach
    void close() {
        fixture.close();
    }

    private Message nextSeen() throws InterruptedException {
        return Objects.requireNonNull(seen.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void clientToLogic() throws InterruptedException {
        router.add("collect", collect);
        ClientSession alice = fixture.endpoint.connect("alice", new FakeConnection());

        SendReport report = alice.send(draft(Address.logic("collect"), "hello"));
        Message message = nextSeen();
        assertThat(report).isEqualTo(new SendReport(message.id(), 1, List.of()));
        assertThat(message.source()).isEqualTo(Address.client("alice"));
        assertThat(message.id().version()).isEqualTo(7);
    }

    @Test
    void logicToClient() {
        FakeConnection alice = new FakeConnection();
        fixture.endpoint.connect("alice", alice);

        assertThat(router.send(to(Address.client("alice"), "hello")).complete()).isTrue();
        assertThat(texts(alice)).containsExactly("hello");
    }

    @Test
    void logicToLogicWithoutClients() throws InterruptedException {
        router.add("front", Logic.dispatched((message, context) -> context.send(Address.logic("back"), text("on"))));
        router.add("back", collect);

        router.send(to(Address.logic("front"), "go"));
        assertThat(nextSeen().source()).isEqualTo(Address.logic("front"));
    }

    @Test
    void aMixedListReachesEachOnceAndNamesThoseItDoesNot() throws InterruptedException {
        router.add("collect", collect);
        FakeConnection alice = new FakeConnection();
        fixture.endpoint.connect("alice", alice);
        Message message = Message.of(
                SERVER,
                List.of(
                        Address.logic("collect"),
                        Address.client("alice"),
                        Address.client("alice"),
                        Address.client("bob"),
                        Address.logic("nobody")),
                text("x"));

        SendReport report = router.send(message);
        assertThat(report.accepted()).isEqualTo(2);
        assertThat(report.errors())
                .extracting(RouteError::code, RouteError::target)
                .containsExactlyInAnyOrder(
                        tuple(ErrorCode.UNKNOWN_CLIENT, Optional.of(Address.client("bob"))),
                        tuple(ErrorCode.UNKNOWN_LOGIC, Optional.of(Address.logic("nobody"))));
        assertThat(texts(alice)).containsExactly("x");
        assertThat(nextSeen().payload()).isEqualTo(text("x"));
    }

    @Test
    void aBroadcastIsOneCallToTheEndpointWhateverElseIsInTheList() {
        FakeConnection alice = new FakeConnection();
        fixture.endpoint.connect("alice", alice);

        router.send(Message.of(SERVER, List.of(Address.client("alice"), Address.ALL), text("x")));
        assertThat(fixture.endpoint.broadcast).hasSize(1);
        assertThat(alice.offered).isEmpty();
    }

    @Test
    void aBroadcastThatIsOverTheBoundIsAnError() {
        fixture.endpoint.takesBroadcasts = false;

        assertThat(router.send(to(Address.ALL, "x")).errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.OVERLOADED);
    }

    @Test
    void whatASlowConsumerCannotTakeOfAnotherClientIsRefusedToThat() {
        FakeConnection slow = new FakeConnection(1);
        fixture.endpoint.connect("slow", slow);
        ClientSession mallory = fixture.endpoint.connect("mallory", new FakeConnection());

        assertThat(mallory.send(draft(Address.client("slow"), "fits")).complete())
                .isTrue();
        assertThat(mallory.send(draft(Address.client("slow"), "too much")).errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.SLOW_CONSUMER);
        assertThat(slow.closed).hasNullValue();
        slow.room = 2;
        assertThat(mallory.send(draft(Address.client("slow"), "now it fits")).complete())
                .isTrue();
    }

    @Test
    void aSlowConsumerThatMissesWhatLogicSendsIsClosed() {
        FakeConnection slow = new FakeConnection(1);
        ClientSession session = fixture.endpoint.connect("slow", slow);

        assertThat(router.send(to(Address.client("slow"), "fits")).complete()).isTrue();
        assertThat(router.send(to(session.info().address(), "too much")).errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.SLOW_CONSUMER);
        assertThat(slow.closed).hasValue(CloseReason.SLOW_CONSUMER);
    }

    @Test
    void aSessionThatMissesWhatAnotherOfItsUserGotIsClosed() {
        FakeConnection slow = new FakeConnection(1);
        FakeConnection fast = new FakeConnection();
        fixture.endpoint.connect("alice", slow);
        fixture.endpoint.connect("alice", fast);

        assertThat(router.send(to(Address.client("alice"), "one")).complete()).isTrue();
        assertThat(router.send(to(Address.client("alice"), "two")).complete()).isTrue();
        assertThat(slow.closed).hasValue(CloseReason.SLOW_CONSUMER);
        assertThat(texts(fast)).containsExactly("one", "two");
    }

    @Test
    void whatIsTooLargeIsRefusedBeforeMiddlewareSeesIt() {
        try (RouterFixture small = new RouterFixture(RouterOptions.defaults().withMaxPayloadBytes(3))) {
            small.router.onReceive(message -> Decision.reject("seen"));
            ClientSession alice = small.endpoint.connect("alice", new FakeConnection());

            assertThat(alice.send(draft(Address.client("alice"), "äb")).errors())
                    .singleElement()
                    .extracting(RouteError::code)
                    .isEqualTo(ErrorCode.REJECTED);
            assertThat(alice.send(draft(Address.client("alice"), "äöü")).errors())
                    .singleElement()
                    .satisfies(error -> {
                        assertThat(error.code()).isEqualTo(ErrorCode.TOO_LARGE);
                        assertThat(error.message()).contains("6 bytes", "3 allowed");
                    });
        }
    }

    @Test
    void headersAndTargetsAreBounded() {
        Message message = to(Address.client("alice"), "x");
        Map<String, String> many = new HashMap<>();
        List<Address> targets = new ArrayList<>();
        for (int i = 0; i <= 1_000; i++) {
            many.put("h" + i, "");
            targets.add(Address.client("c" + i));
        }
        for (Message wrong : List.of(
                message.withHeaders(many),
                message.withHeader("h", "x".repeat(9 << 10)),
                message.withTargets(targets))) {
            assertThat(router.send(wrong).errors())
                    .singleElement()
                    .extracting(RouteError::code)
                    .isEqualTo(ErrorCode.TOO_LARGE);
        }
        assertThat(router.send(message.withHeader("h", "b\r\nc: d")).errors())
                .as("a line break in a value")
                .extracting(RouteError::code)
                .containsExactly(ErrorCode.MALFORMED);
        assertThat(router.send(message.withHeader("a\r\nb", "c")).errors())
                .as("a line break in a name")
                .singleElement()
                .satisfies(error -> assertThat(error.message()).contains("'a??b'", "control character"));
        assertThat(router.send(message.withHeader("h", "\uD800")).errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.MALFORMED);
    }

    @Test
    void middlewareRunsInOrderAndMayChangeOrStopAMessageInBothDirections() {
        FakeConnection alice = new FakeConnection();
        ClientSession session = fixture.endpoint.connect("alice", alice);
        router.onReceive(message -> Decision.accept(message.withPayload(text(message.payload() + " r1"))));
        router.onReceive(message -> Decision.accept(
                message.withPayload(text(message.payload() + " r2")).withTag("seen", true)));
        router.onSend(
                message -> Decision.accept(message.withPayload(text(message.payload() + " s1 " + message.tags()))));
        router.onSend(message -> message.payload().toString().startsWith("bad")
                ? Decision.reject("bad word")
                : Decision.accept(message));

        assertThat(session.send(draft(Address.client("alice"), "good")).complete())
                .isTrue();
        assertThat(texts(alice)).containsExactly("good r1 r2 s1 {seen=true}");
        assertThat(session.send(draft(Address.client("alice"), "bad")).errors())
                .singleElement()
                .isEqualTo(new RouteError(ErrorCode.REJECTED, Optional.of(Address.client("alice")), "bad word"));
        assertThat(alice.offered).hasSize(1);
    }

    @Test
    void aRejectedBroadcastReachesNobody() {
        router.onSend(message -> Decision.reject("quiet"));

        assertThat(router.send(to(Address.ALL, "x")).errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.REJECTED);
        assertThat(fixture.endpoint.broadcast).isEmpty();
    }

    @Test
    void middlewareThatFailsLetsNothingThrough() {
        FakeConnection alice = new FakeConnection();
        ClientSession session = fixture.endpoint.connect("alice", alice);
        router.onReceive(message -> {
            throw new IllegalStateException("oops");
        });

        assertThat(session.send(draft(Address.client("alice"), "x")).errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.REJECTED);
        assertThat(alice.offered).isEmpty();
        assertThat(fixture.listener.events).contains("logicFailed middleware oops");
    }

    @Test
    void theRegistryKnowsWhoIsThereAndWhenTheySpoke() {
        ClientSession alice = fixture.endpoint.connect("alice", new FakeConnection());
        SessionInfo before = router.sessions("alice").getFirst();
        fixture.clock.advance(Duration.ofSeconds(5));
        alice.send(draft(Address.logic("nobody"), "x"));

        SessionInfo after = router.sessions("alice").getFirst();
        assertThat(before.lastMessageAt()).isEqualTo(before.connectedAt());
        assertThat(after.lastMessageAt()).isEqualTo(before.connectedAt().plusSeconds(5));
        assertThat(after.metadata()).containsEntry("role", "tester");
        alice.disconnected(CloseReason.GONE);
        alice.disconnected(CloseReason.IDLE);
        assertThat(router.sessions()).isEmpty();
        assertThat(fixture.listener.events)
                .filteredOn(event -> event.startsWith("disconnected"))
                .containsExactly("disconnected alice GONE");
    }

    @Test
    void aRequestIsAnsweredOnceAndNamesItsReplier() {
        router.add("twice", Logic.dispatched((message, context) -> {
            context.reply(message, text("one"));
            context.reply(message, text("two"));
        }));

        Message reply = get(router.request(to(Address.logic("twice"), "?"), RouterFixture.SOON));
        assertThat(reply.payload()).isEqualTo(text("one"));
        assertThat(reply.source()).isEqualTo(Address.logic("twice"));
        await().until(() -> fixture.listener.events.contains("failed two UNKNOWN_REQUEST"));
    }

    @Test
    void aRequestExpiresByTheRoutersClock() {
        router.add("silent", Logic.dispatched((message, context) -> {}));
        CompletionStage<Message> reply = router.request(to(Address.logic("silent"), "?"), Duration.ofMinutes(1));

        fixture.clock.advance(Duration.ofSeconds(59));
        assertThat(reply.toCompletableFuture()).isNotDone();
        fixture.clock.advance(Duration.ofSeconds(1));
        assertFailed(reply, ErrorCode.TIMEOUT);
    }

    private static void assertFailed(CompletionStage<?> stage, ErrorCode code) {
        assertThat(stage.toCompletableFuture())
                .failsWithin(RouterFixture.SOON)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOfSatisfying(
                        RequestException.class,
                        e -> assertThat(e.error().code()).isEqualTo(code));
    }

    @Test
    void aRequestGoesToExactlyOneAndOnlySoManyWait() {
        assertFailed(router.request(to(Address.ALL, "?"), RouterFixture.SOON), ErrorCode.MALFORMED);
        assertFailed(router.request(to(Address.logic("nobody"), "?"), RouterFixture.SOON), ErrorCode.UNKNOWN_LOGIC);
        assertFailed(router.request(to(Address.logic("nobody"), "?"), Duration.ZERO), ErrorCode.MALFORMED);
        try (RouterFixture one = new RouterFixture(RouterOptions.defaults().withMaxRequests(1))) {
            one.router.add("silent", Logic.dispatched((message, context) -> {}));
            CompletionStage<Message> first =
                    one.router.request(to(Address.logic("silent"), "?"), Duration.ofMinutes(1));
            assertFailed(
                    one.router.request(to(Address.logic("silent"), "?"), RouterFixture.SOON), ErrorCode.OVERLOADED);
            one.clock.advance(Duration.ofMinutes(1));
            assertFailed(first, ErrorCode.TIMEOUT);
            one.router.add("echo", Logic.dispatched((message, context) -> context.reply(message, message.payload())));
            assertThat(get(one.router.request(to(Address.logic("echo"), "!"), RouterFixture.SOON))
                            .payload())
                    .isEqualTo(text("!"));
        }
    }

    @Test
    void aLogicMayPassARequestOn() {
        router.add(
                "front",
                Logic.dispatched((message, context) ->
                        context.router().send(message.withTargets(List.of(Address.logic("back"))))));
        router.add("back", Logic.worker((message, context) -> context.reply(message, text("from the back"))));

        Message reply = get(router.request(to(Address.logic("front"), "?"), RouterFixture.SOON));
        assertThat(reply.source()).isEqualTo(Address.logic("back"));
    }

    @Test
    void aFailingListenerDisturbsNothing() {
        RouterListener broken = new RouterListener() {
            @Override
            public void sent(Message message, int clients) {
                throw new IllegalStateException("metrics are down");
            }
        };
        try (Router other = Router.create(RouterOptions.defaults(), broken, fixture.clock)) {
            FakeEndpoint endpoint = new FakeEndpoint();
            other.attach(endpoint);
            endpoint.connect("alice", new FakeConnection());
            assertThat(other.send(to(Address.client("alice"), "x")).complete()).isTrue();
        }
    }

    @Test
    void closingDrainsLogicFirstThenEndsWhatWaits() {
        CountDownLatch release = new CountDownLatch(1);
        FakeConnection alice = new FakeConnection();
        fixture.endpoint.connect("alice", alice);
        router.add("slow", Logic.worker((message, context) -> {
            RouterFixture.await(release);
            context.send(Address.client("alice"), text("finished"));
        }));
        router.add("silent", Logic.dispatched((message, context) -> {}));
        router.send(to(Address.logic("slow"), "work"));
        CompletionStage<Message> request = router.request(to(Address.logic("silent"), "?"), RouterFixture.SOON);
        CompletionStage<AckResult> ack = router.sendAcknowledged(to(Address.client("bob"), "x"), RouterFixture.SOON);
        router.onSend(message -> {
            assertThat(fixture.endpoint.closed).isFalse();
            return Decision.accept(message);
        });
        fixture.endpoint.onStopAccepting = release::countDown;
        router.close();

        assertThat(fixture.endpoint.closed).isTrue();
        assertThat(texts(alice)).containsExactly("finished");
        assertFailed(request, ErrorCode.CLOSING);
        assertThat(get(ack)).isEqualTo(new AckResult.Closed(false));
        assertThat(get(router.sendAcknowledged(to(Address.client("bob"), "x"), RouterFixture.SOON)))
                .isInstanceOf(AckResult.Rejected.class);
        assertThat(router.send(to(Address.client("alice"), "x")).errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.CLOSING);
    }

    @Test
    void whileDrainingNobodyNewIsLetIn() throws InterruptedException {
        router.drain(Duration.ZERO);

        assertThat(fixture.endpoint.gateway().connect(new Principal("late", Map.of()), new FakeConnection()))
                .isEqualTo(new ClientGateway.Admission.Refused(CloseReason.RESTARTING));
    }

    @Test
    void aDrainCanBeTakenBackUntilTheRouterCloses() throws InterruptedException {
        router.drain(Duration.ZERO);
        router.admit();
        assertThat(fixture.endpoint.accepting).isTrue();
        assertThat(fixture.endpoint.gateway().connect(new Principal("back", Map.of()), new FakeConnection()))
                .isInstanceOf(ClientGateway.Admission.Admitted.class);

        router.close();
        router.admit();

        assertThat(fixture.endpoint.accepting).isFalse();
        assertThat(fixture.endpoint.gateway().connect(new Principal("late", Map.of()), new FakeConnection()))
                .isEqualTo(new ClientGateway.Admission.Refused(CloseReason.RESTARTING));
    }

    @Test
    void aNameIsTakenOnce() {
        router.add("collect", collect);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> router.add("collect", collect))
                .withMessageContaining("collect");
        assertThat(router.remove("collect")).isTrue();
        assertThat(router.remove("collect")).isFalse();
        router.add("collect", collect);
    }
}
