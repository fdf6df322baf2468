package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.SERVER;
import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.text;
import static dev.signalbox.router.RouterFixture.texts;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
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
