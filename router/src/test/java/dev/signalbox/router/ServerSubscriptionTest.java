package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.router.ClientSession.Subscribing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Subscriptions that the server, or a token, begins for a session. */
class ServerSubscriptionTest {
    private static final Address.Topic NEWS = Address.topic("news");

    private final RouterFixture fixture = new RouterFixture(
            RouterOptions.defaults().withTopics(new RouterOptions.Topics(100, 2, List.of(), TopicPolicy.DEFAULT)));
    private final Router router = fixture.router;

    @AfterEach
    void close() {
        fixture.close();
    }

    /** A connection that does what the server wishes once it is told to, as an event loop has its turn. */
    private static final class Obedient extends FakeConnection {
        private final List<String> wishes = new ArrayList<>();

        @Override
        public boolean subscribe(String topic) {
            return wishes.add(topic);
        }

        List<Subscribing> turn(ClientSession session) {
            List<Subscribing> done = wishes.stream().map(session::join).toList();
            wishes.clear();
            return done;
        }
    }

    private ClientSession connect(Connection connection, SessionStart start) {
        Principal alice = new Principal("alice", Map.of());
        return ((ClientGateway.Admission.Admitted) fixture.endpoint.gateway().connect(alice, connection, start))
                .session();
    }

    private static UUID id(ClientSession session) {
        return session.info().id();
    }

    @Test
    void aSessionIsSubscribedWhateverItsUserMayDoButNotToMoreTopicsThanItMayHave() {
        Obedient connection = new Obedient();
        ClientSession alice = connect(connection, new SessionStart.Fresh());
        for (String topic : List.of("news", "news", "sport*", "weather")) {
            assertThat(router.subscribe(id(alice), topic)).isTrue();
        }

        assertThat(alice.subscribe("news", new TopicStart.Now()))
                .as("no authorizer allows it")
                .isInstanceOf(Subscribing.Refused.class);
        assertThat(connection.turn(alice).getLast())
                .isInstanceOfSatisfying(
                        Subscribing.Refused.class,
                        refused -> assertThat(refused.error().code()).isEqualTo(ErrorCode.OVERLOADED));
        assertThat(router.subscriptions(id(alice))).containsExactly("news", "sport*");
        assertThat(alice.unsubscribe("news")).isTrue();
        assertThat(router.subscriptions(id(alice))).containsExactly("sport*");
        assertThatIllegalArgumentException().isThrownBy(() -> router.subscribe(id(alice), "a b"));
        assertThat(router.subscribe(UUID.randomUUID(), "news")).isFalse();
        assertThat(router.subscribe(id(connect(new FakeConnection(), new SessionStart.Fresh())), "news"))
                .as("its endpoint cannot tell the client")
                .isFalse();
    }

    /** All that went to everybody was written, which was nothing. */
    private Map<String, Position> written() {
        return Map.of("", new Position(fixture.endpoint.gateway().everyone().epoch(), 0));
    }

    @Test
    void aSessionThatWaitsForItsClientHasTheTopicWhenItComesBack() {
        ClientSession alice = connect(new Obedient(), new SessionStart.Resumable());
        String token = alice.resumption().orElseThrow().token();
        alice.lost(CloseReason.GONE, written());
        assertThat(router.subscribe(id(alice), "news")).isTrue();
        router.send(to(NEWS, "meanwhile"));
        ClientSession back = connect(new Obedient(), new SessionStart.Resume(token, Map.of()));

        assertThat(back.resumption().orElseThrow().resumed().orElseThrow().topics())
                .as("although its user may not subscribe to it")
                .singleElement()
                .satisfies(each -> assertThat(each.topic().name()).isEqualTo("news"));
        back.lost(CloseReason.GONE, written());
        assertThat(router.unsubscribe(id(alice), "news")).isTrue();
        assertThat(router.unsubscribe(id(alice), "news")).isFalse();
    }

    @Test
    void aWishThatComesTooLateForAConnectionGoesToTheOneThatHasTheSession() {
        Obedient before = new Obedient();
        ClientSession alice = connect(before, new SessionStart.Resumable());
        String token = alice.resumption().orElseThrow().token();
        router.subscribe(id(alice), "news");
        Obedient after = new Obedient();
        ClientSession back = connect(after, new SessionStart.Resume(token, Map.of()));

        assertThat(before.turn(alice)).hasOnlyElementsOfType(Subscribing.Refused.class);
        assertThat(after.turn(back)).hasOnlyElementsOfType(Subscribing.Subscribed.class);
        assertThat(router.subscriptions(id(alice))).containsExactly("news");
    }

    @Test
    void aTokenNamesTopicsAndLetsItsUserSubscribeToThem() {
        TopicGrants grants = new TopicGrants(List.of(), List.of(), List.of("news", "sport*", "news"));
        router.authorize((principal, operation, address) ->
                address instanceof Address.Topic topic && principal.topics().allow(operation, topic.name()));
        Principal alice = new Principal("alice", Map.of(), Optional.empty(), grants);
        ClientSession session = ((ClientGateway.Admission.Admitted)
                        fixture.endpoint.gateway().connect(alice, new FakeConnection(), new SessionStart.Fresh()))
                .session();

        assertThat(session.toJoin()).containsExactly("news", "sport*");
        assertThat(session.subscribe("news", new TopicStart.Now())).isInstanceOf(Subscribing.Subscribed.class);
        assertThat(session.toJoin()).containsExactly("sport*");
        assertThat(session.publish(RouterFixture.draft(NEWS, "x"), Optional.empty()))
                .isInstanceOf(ClientSession.Publishing.Refused.class);
    }
}
