package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.ClientSession.Presence;
import dev.signalbox.router.ClientSession.Publishing;
import dev.signalbox.router.ClientSession.Subscribing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who subscribes to a topic: the list, and the changes as a topic of their own. */
@Timeout(120)
class PresenceTest {
    private static final String ROOM = "room";
    private static final String EVENTS = ROOM + TopicPresence.SUFFIX;
    private static final TopicPolicy POLICY =
            new TopicPolicy(1_000, 1 << 20, Duration.ofHours(1), TopicPolicy.SlowConsumer.GAP).withPresence(true);

    private final RouterFixture fixture = new RouterFixture(RouterOptions.defaults()
            .withTopics(new RouterOptions.Topics(
                    100,
                    10,
                    List.of(new RouterOptions.TopicRule(
                            "quiet", new TopicPolicy(1, 1, Duration.ofHours(1), TopicPolicy.SlowConsumer.GAP))),
                    POLICY)));
    private final Router router = fixture.router;
    private final ClientSession watcher = fixture.endpoint.connect("watcher", new FakeConnection());

    @BeforeEach
    void watch() {
        router.authorize((principal, operation, address) -> !principal.user().equals("stranger"));
        assertThat(watcher.subscribe(EVENTS, new TopicStart.Now())).isInstanceOf(Subscribing.Subscribed.class);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private ClientSession join(String user) {
        ClientSession session = fixture.endpoint.connect(user, new FakeConnection());
        assertThat(session.subscribe(ROOM, new TopicStart.Now())).isInstanceOf(Subscribing.Subscribed.class);
        return session;
    }

    /** What was told, once there are so many events. */
    private List<String> told(int events) {
        fixture.clock.advance(TopicPresence.GATHER);
        await().atMost(RouterFixture.SOON)
                .until(() -> router.topic(EVENTS).orElseThrow().last() >= events);
        return router.read(EVENTS, 0, 1 << 20).orElseThrow().publications().stream()
                .map(each -> ((Payload.Text) each.message().payload()).value())
                .toList();
    }

    private static ErrorCode refusal(Presence presence) {
        return ((Presence.Refused) presence).error().code();
    }

    @Test
    void whoComesAndGoesIsTold() {
        ClientSession alice = join("alice");
        join("bob");
        assertThat(told(1)).containsExactly("{\"joined\":[\"alice\",\"bob\"],\"left\":[],\"count\":2}");
        alice.unsubscribe(ROOM);
        join("carol");

        assertThat(told(2)).last().isEqualTo("{\"joined\":[\"carol\"],\"left\":[\"alice\"],\"count\":2}");
        assertThat(watcher.presence(ROOM)).isEqualTo(new Presence.Present(List.of("bob", "carol"), 2, true));
    }

    @Test
    void aUserIsThereAsLongAsOneOfTheirSessionsIs() {
        ClientSession first = join("alice");
        ClientSession second = join("alice");
        // Again for the same topic begins anew, and is one subscription.
        second.subscribe(ROOM, new TopicStart.Oldest());
        assertThat(told(1)).hasSize(1);
        first.disconnected(CloseReason.GONE);
        join("bob");
        assertThat(told(2)).last().isEqualTo("{\"joined\":[\"bob\"],\"left\":[],\"count\":2}");
        second.disconnected(CloseReason.GONE);

        assertThat(told(3)).last().isEqualTo("{\"joined\":[],\"left\":[\"alice\"],\"count\":1}");
    }

    @Test
    void whoIsBackBeforeItIsToldNeverLeft() {
        ClientSession alice = join("alice");
        assertThat(told(1)).hasSize(1);
        alice.disconnected(CloseReason.GONE);
        join("alice");
        join("bob").disconnected(CloseReason.GONE);
        join("carol");

        assertThat(told(2)).last().isEqualTo("{\"joined\":[\"carol\"],\"left\":[],\"count\":2}");
    }

    @Test
    void whoLosesTheConnectionAndComesBackIsThereAllTheWhile() {
        Principal alice = new Principal("alice", Map.of());
        var gateway = fixture.endpoint.gateway();
        ClientSession before = ((ClientGateway.Admission.Admitted)
                        gateway.connect(alice, new FakeConnection(), new SessionStart.Resumable()))
                .session();
        before.subscribe(ROOM, new TopicStart.Now());
        assertThat(told(1)).hasSize(1);
        before.lost(CloseReason.GONE, Map.of("", new Position(gateway.everyone().epoch(), 0)));
        join("bob");

        assertThat(told(2)).last().isEqualTo("{\"joined\":[\"bob\"],\"left\":[],\"count\":2}");
    }

    @Test
    void aStormIsToldInFewEventsOfBoundedSize() {
        List<ClientSession> sessions = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            sessions.add(join("user" + i));
        }
        List<String> told = told(1);

        assertThat(told).hasSize(1);
        assertThat(told.getFirst()).endsWith("\"count\":3000,\"more\":true}").hasSizeLessThan(20_000);
        assertThat(watcher.presence(ROOM)).isInstanceOfSatisfying(Presence.Present.class, present -> {
            assertThat(present.count()).isEqualTo(3_000);
            assertThat(present.users()).hasSize(1_000).isSorted();
        });
        sessions.forEach(session -> session.disconnected(CloseReason.GONE));
        assertThat(told(2)).last().asString().contains("\"count\":0");
    }

    @Test
    void presenceIsForThoseWhoMaySubscribeAndWhereItIsKept() {
        ClientSession stranger = fixture.endpoint.connect("stranger", new FakeConnection());

        assertThat(refusal(stranger.presence(ROOM))).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(stranger.subscribe(EVENTS, new TopicStart.Now())).isInstanceOf(Subscribing.Refused.class);
        assertThat(refusal(watcher.presence("quiet"))).isEqualTo(ErrorCode.MALFORMED);
        assertThat(watcher.presence("nobody")).isEqualTo(new Presence.Present(List.of(), 0, true));
        assertThat(watcher.publish(draft(Address.topic(EVENTS), "{}"), Optional.empty()))
                .isInstanceOf(Publishing.Refused.class);
        assertThat(watcher.send(draft(Address.topic(EVENTS), "{}")).errors()).hasSize(1);
        assertThat(router.send(to(Address.topic(EVENTS), "{}")).errors()).hasSize(1);
        assertThat(router.publish(to(Address.topic(EVENTS), "{}"), Optional.empty()))
                .isInstanceOf(Publishing.Refused.class);
        assertThat(router.topic(EVENTS).orElseThrow().last()).isZero();
        assertThat(router.send(to(Address.topic(ROOM), "still usable")).complete())
                .isTrue();
    }
}
