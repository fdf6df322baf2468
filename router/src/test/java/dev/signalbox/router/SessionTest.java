package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.get;
import static dev.signalbox.router.RouterFixture.text;
import static dev.signalbox.router.RouterFixture.texts;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.testing.services.Effort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A user's sessions: who is reached, and what listeners are told of them. */
@Timeout(600)
class SessionTest {
    private static final int ROUNDS = Effort.of(500, 50_000);
    private static final Address.Client ALICE = new Address.Client("alice");

    private final RouterFixture fixture = new RouterFixture(RouterOptions.defaults()
            .withSessions(new RouterOptions.Sessions(3, RouterOptions.AtSessionLimit.REPLACE_OLDEST)));
    private final Router router = fixture.router;

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void textForAUserReachesEverySession() {
        FakeConnection one = new FakeConnection();
        FakeConnection two = new FakeConnection();
        fixture.endpoint.connect("alice", one);
        ClientSession second = fixture.endpoint.connect("alice", two);

        assertThat(router.send(to(ALICE, "both")).accepted()).isEqualTo(1);
        router.send(to(second.info().address(), "second"));
        assertThat(texts(one)).containsExactly("both");
        assertThat(texts(two)).containsExactly("both", "second");
        second.disconnected(CloseReason.GONE);
        assertThat(router.send(to(ALICE, "rest")).complete()).isTrue();
        assertThat(texts(one)).endsWith("rest");
        assertThat(router.send(to(second.info().address(), "gone")).errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.UNKNOWN_CLIENT);
    }

    @Test
    void anAnswerGoesToTheSessionThatAsked() throws InterruptedException {
        router.add("echo", Logic.worker((message, context) -> context.reply(message, message.payload())));
        FakeConnection one = new FakeConnection();
        FakeConnection two = new FakeConnection();
        fixture.endpoint.connect("alice", one);
        ClientSession second = fixture.endpoint.connect("alice", two);

        second.send(draft(Address.logic("echo"), "hello"));
        assertThat(router.drain(RouterFixture.SOON)).isTrue();
        assertThat(texts(two)).containsExactly("hello");
        assertThat(one.offered).isEmpty();
    }

    @Test
    void overTheLimitTheOldestGoes() {
        List<FakeConnection> connections = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            connections.add(new FakeConnection());
            fixture.endpoint.connect("alice", connections.get(i));
        }
        assertThat(connections)
                .extracting(connection -> connection.closed.get())
                .containsExactly(CloseReason.REPLACED, CloseReason.REPLACED, null, null, null);
        assertThat(router.sessions("alice")).hasSize(3);
        assertThat(router.connected()).isEqualTo(3);
    }

    @Test
    void overTheLimitTheNewOneIsRefusedIfSoConfigured() {
        try (RouterFixture strict = new RouterFixture(RouterOptions.defaults()
                .withSessions(new RouterOptions.Sessions(1, RouterOptions.AtSessionLimit.REFUSE)))) {
            ClientSession first = strict.endpoint.connect("alice", new FakeConnection());
            Principal alice = new Principal("alice", Map.of());

            assertThat(strict.endpoint.gateway().connect(alice, new FakeConnection()))
                    .isEqualTo(new ClientGateway.Admission.Refused(CloseReason.TOO_MANY_SESSIONS));
            first.disconnected(CloseReason.GONE);
            assertThat(strict.endpoint.gateway().connect(alice, new FakeConnection()))
                    .isInstanceOf(ClientGateway.Admission.Admitted.class);
            assertThat(strict.router.connected()).isEqualTo(1);
        }
    }

    @Test
    void theEndOfOneSessionIsToldOnceAndNamesIt() {
        Map<UUID, CloseReason> told = new HashMap<>();
        RouterListener listener = new RouterListener() {
            @Override
            public void disconnected(SessionInfo session, CloseReason reason) {
                assertThat(told.put(session.id(), reason)).isNull();
            }
        };
        try (Router other = Router.create(RouterOptions.defaults(), listener, fixture.clock)) {
            FakeEndpoint endpoint = new FakeEndpoint();
            other.attach(endpoint);
            ClientSession one = endpoint.connect("alice", new FakeConnection());
            ClientSession two = endpoint.connect("alice", new FakeConnection());
            one.disconnected(CloseReason.GONE);
            one.disconnected(CloseReason.IDLE);

            assertThat(told).containsOnly(Map.entry(one.info().id(), CloseReason.GONE));
            assertThat(other.sessions("alice"))
                    .extracting(SessionInfo::id)
                    .containsExactly(two.info().id());
        }
    }

    /** Follows one user as a feature would: by what it is told. */
    private static final class Presence implements RouterListener {
        final Map<UUID, Boolean> present = new ConcurrentHashMap<>();
        final AtomicReference<String> wrong = new AtomicReference<>("");

        @Override
        public void connected(SessionInfo session) {
            // Long enough for others to overtake, if they may.
            for (int i = 0; i < 2_000; i++) {
                Thread.onSpinWait();
            }
            if (present.put(session.id(), true) != null) {
                wrong.set("connected twice, or after its end: " + session);
            }
        }

        @Override
        public void disconnected(SessionInfo session, CloseReason reason) {
            if (!Boolean.TRUE.equals(present.put(session.id(), false))) {
                wrong.set("disconnected before it was connected, or twice: " + session);
            }
        }

        boolean nobody() {
            return !present.containsValue(true);
        }
    }

    /** Connecting, replacing and disconnecting at once: listeners never see somebody who is not there, once all is over. */
    @Test
    void listenersSeeEverySessionComeAndGoInThisOrder() throws InterruptedException {
        Presence presence = new Presence();
        RouterOptions two = RouterOptions.defaults()
                .withSessions(new RouterOptions.Sessions(2, RouterOptions.AtSessionLimit.REPLACE_OLDEST));
        try (Router crowded = Router.create(two, presence, fixture.clock)) {
            FakeEndpoint endpoint = new FakeEndpoint();
            crowded.attach(endpoint);
            for (int round = 0; round < ROUNDS; round++) {
                comeAndGo(endpoint);
                assertThat(presence.wrong).as("round %d", round).hasValue("");
                assertThat(presence.nobody()).as("round %d", round).isTrue();
                assertThat(crowded.connected()).isZero();
            }
            assertThat(presence.present).hasSize(ROUNDS * 4);
        }
    }

    private static void comeAndGo(FakeEndpoint endpoint) throws InterruptedException {
        CyclicBarrier together = new CyclicBarrier(4);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                RouterFixture.await(together);
                endpoint.connect("alice", new FakeConnection()).disconnected(CloseReason.GONE);
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void aSessionsAddressIsPrintedAndParsed() {
        Address.Session address = new Address.Session("a@b/c", MessageId.next());

        assertThat(Address.parse(address.toString())).isEqualTo(address);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Address.parse("client:alice#1"))
                .withMessageContaining("UUID");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Message.of(address, ALICE, text("x")))
                .withMessageContaining("comes from");
    }

    @Test
    void anyOfItsSessionsAcknowledgesForAUser() {
        FakeConnection one = new FakeConnection();
        FakeConnection two = new FakeConnection();
        ClientSession first = fixture.endpoint.connect("alice", one);
        ClientSession second = fixture.endpoint.connect("alice", two);
        Message message = to(ALICE, "x");
        var result = router.sendAcknowledged(message, RouterFixture.SOON);

        assertThat(texts(one)).containsExactly("x");
        assertThat(texts(two)).containsExactly("x");
        assertThat(second.acknowledge(message.id())).isTrue();
        assertThat(first.acknowledge(message.id())).isFalse();
        assertThat(get(result)).isEqualTo(new AckResult.Acked());
    }

    @Test
    void whatIsForOneSessionIsAcknowledgedByItAndEndsWithIt() {
        ClientSession first = fixture.endpoint.connect("alice", new FakeConnection());
        ClientSession second = fixture.endpoint.connect("alice", new FakeConnection());
        Message message = to(first.info().address(), "x");
        var result = router.sendAcknowledged(message, RouterFixture.SOON);

        assertThat(second.acknowledge(message.id())).isFalse();
        first.disconnected(CloseReason.GONE);
        assertThat(get(result))
                .isInstanceOfSatisfying(
                        AckResult.Rejected.class,
                        rejected -> assertThat(rejected.error().code()).isEqualTo(ErrorCode.UNKNOWN_CLIENT));
    }
}
