package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.get;
import static dev.signalbox.router.RouterFixture.texts;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.ClientGateway.Admission;
import dev.signalbox.router.ClientSession.Subscribing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions whose clients come to another node. */
@Timeout(120)
class ClusterResumeTest {
    private static final String NEWS = ClusterFixture.SHARED + "/news";
    private static final Principal ALICE = new Principal("alice", Map.of());

    private final ClusterFixture fixture = new ClusterFixture();
    private final ClusterFixture.Node one = fixture.node("one");
    private final ClusterFixture.Node two = fixture.node("two");
    private final FakeConnection first = new FakeConnection();
    private final ClientSession begun = connect(one, first, new SessionStart.Resumable());
    private final String token = begun.resumption().orElseThrow().token();
    private final UUID id = begun.info().id();

    @BeforeEach
    void settle() {
        fixture.settle();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static ClientSession connect(ClusterFixture.Node node, FakeConnection connection, SessionStart start) {
        ClientGateway gateway = node.endpoint.gateway();
        get(gateway.fetch(ALICE, start));
        return ((Admission.Admitted) gateway.connect(ALICE, connection, start)).session();
    }

    private SessionStart back(Map<String, Position> seen) {
        return new SessionStart.Resume(token, seen);
    }

    private ClientSession comeTo(ClusterFixture.Node node, FakeConnection connection) {
        return connect(node, connection, back(Map.of()));
    }

    private static boolean isResumed(ClientSession session) {
        return session.resumption().orElseThrow().resumed().isPresent();
    }

    private void breaks(Map<String, Position> written) {
        first.close(CloseReason.GONE);
        begun.lost(CloseReason.GONE, written);
    }

    private Position all() {
        return ((TopicLog) one.endpoint.gateway().everyone()).position();
    }

    private long owners() {
        return fixture.nodes.stream()
                .filter(node -> node.router.session(id).isPresent())
                .count();
    }

    @Test
    void aClientFindsItsSessionOnAnotherNodeWithAllThatWaitedForIt() {
        breaks(Map.of("", all()));
        for (String text : List.of("a", "b")) {
            assertThat(one.router.send(to(Address.client("alice"), text)).complete())
                    .isTrue();
        }

        FakeConnection second = new FakeConnection();
        ClientSession back = comeTo(two, second);

        assertThat(isResumed(back)).isTrue();
        assertThat(back.info().id()).isEqualTo(id);
        assertThat(back.info().connectedAt()).isEqualTo(begun.info().connectedAt());
        eventually().untilAsserted(() -> assertThat(texts(second)).containsExactly("a", "b"));
        assertThat(one.router.session(id)).isEmpty();
        assertThat(two.router.session(id)).isPresent();
        fixture.settle();
        assertThat(one.router.send(to(Address.client("alice"), "c")).complete()).isTrue();
        assertThat(one.router.send(to(back.info().address(), "d")).complete()).isTrue();
        eventually().untilAsserted(() -> assertThat(texts(second)).containsExactly("a", "b", "c", "d"));
    }

    @Test
    void itGoesOnInATopicOfTheClusterAndIsToldWhatItMayMissOfANodesOwn() {
        Follower follower = new Follower((Subscribing.Subscribed) begun.subscribe(NEWS, new TopicStart.Now()));
        begun.subscribe("own", new TopicStart.Now());
        one.router.publish(to(Address.topic(NEWS), "a"), Optional.empty());
        eventually().until(() -> follower.texts().contains("a"));
        Position seen = follower.position();
        breaks(Map.of("", all(), NEWS, seen));
        one.router.publish(to(Address.topic(NEWS), "b"), Optional.empty());

        ClientSession back = comeTo(two, new FakeConnection());

        List<Subscribing.Subscribed> topics =
                back.resumption().orElseThrow().resumed().orElseThrow().topics();
        assertThat(topics).extracting(each -> each.topic().name()).containsExactly("own", NEWS);
        assertThat(topics).extracting(Subscribing.Subscribed::recovered).containsExactly(false, true);
        Follower goesOn = new Follower(topics.getLast());
        two.router.publish(to(Address.topic(NEWS), "c"), Optional.empty());
        eventually().untilAsserted(() -> assertThat(goesOn.texts()).containsExactly("b", "c"));
        assertThat(two.router.subscriptions(id)).containsExactly("own", NEWS);
        assertThat(one.router.topic(NEWS).orElseThrow().subscribers()).isZero();
    }

    @Test
    void whatTheClientHasSeenCountsMoreThanWhatWasWrittenToIt() {
        begun.subscribe(NEWS, new TopicStart.Now());
        one.router.publish(to(Address.topic(NEWS), "a"), Optional.empty());
        Position written = one.router
                .topic(NEWS)
                .map(info -> new Position(info.epoch(), info.last()))
                .orElseThrow();
        breaks(Map.of("", all(), NEWS, written));

        Map<String, Position> seen = Map.of(NEWS, new Position(written.epoch(), written.offset() - 1));
        ClientSession back = connect(two, new FakeConnection(), back(seen));

        Subscribing.Subscribed topic =
                back.resumption().orElseThrow().resumed().orElseThrow().topics().getFirst();
        assertThat(new Follower(topic).texts()).containsExactly("a");
    }

    @Test
    void whatWasSentToAllMeanwhileComesOnce() {
        one.router.send(to(Address.ALL, "before"));
        Position written = all();
        breaks(Map.of("", written));
        one.router.send(to(Address.ALL, "meanwhile"));
        eventually()
                .until(() ->
                        ((TopicLog) two.endpoint.gateway().everyone()).info().last() == 2);

        FakeConnection second = new FakeConnection();
        ClientSession back = comeTo(two, second);
        two.router.send(to(Address.ALL, "after"));

        assertThat(isResumed(back)).isTrue();
        eventually().untilAsserted(() -> assertThat(texts(second)).containsExactly("meanwhile"));
        long from = back.resumption().orElseThrow().resumed().orElseThrow().all();
        Topic everyone = two.endpoint.gateway().everyone();
        assertThat(everyone.read(from, Long.MAX_VALUE, 1 << 20).publications())
                .extracting(each -> each.message().payload().toString())
                .containsExactly("after");
    }

    @Test
    void aConnectionThatHasNotNoticedIsClosed() {
        ClientSession back = comeTo(two, new FakeConnection());

        assertThat(isResumed(back)).isTrue();
        assertThat(first.closed.get()).isEqualTo(CloseReason.RESUMED);
        assertThat(begun.send(draft(Address.client("alice"), "late")).errors()).isNotEmpty();
        assertThat(owners()).isOne();
    }

    @Test
    void whatNeedsAnAcknowledgementFollowsItsClient() {
        breaks(Map.of("", all()));
        CompletionStage<AckResult> result =
                one.router.sendAcknowledged(to(Address.client("alice"), "sign"), Duration.ofMinutes(1));

        FakeConnection second = new FakeConnection();
        ClientSession back = comeTo(two, second);

        eventually().until(() -> !second.offered.isEmpty());
        assertThat(back.acknowledge(second.offered.element().id())).isTrue();
        assertThat(get(result)).isInstanceOf(AckResult.Acked.class);
    }

    /** It was for that session where it was: on whichever node the sender is, it is told at once. */
    @Test
    void whatOneSessionIsToAcknowledgeFailsWhenItGoesToAnotherNode() {
        ClusterFixture.Node three = fixture.node("three");
        fixture.settle();
        Address session = begun.info().address();
        List<CompletionStage<AckResult>> results = new ArrayList<>();
        for (ClusterFixture.Node sender : List.of(one, three)) {
            results.add(sender.router.sendAcknowledged(to(session, "sign"), Duration.ofMinutes(10)));
        }
        eventually().until(() -> first.offered.size() == 2);
        breaks(Map.of("", all()));

        comeTo(two, new FakeConnection());

        assertThat(results).allSatisfy(result -> assertThat(get(result)).isInstanceOf(AckResult.Rejected.class));
    }

    @Test
    void nobodyElseGetsIt() {
        breaks(Map.of("", all()));
        ClientGateway gateway = two.endpoint.gateway();
        Principal mallory = new Principal("mallory", Map.of());
        String forged = id + ".AAAAAAAAAAAAAAAAAAAAAAAA";

        get(gateway.fetch(mallory, back(Map.of())));
        get(gateway.fetch(ALICE, new SessionStart.Resume(forged, Map.of())));
        get(gateway.fetch(ALICE, new SessionStart.Resume("no token", Map.of())));

        assertThat(one.router.session(id)).isPresent();
        assertThat(owners()).isOne();
        assertThat(isResumed(comeTo(two, new FakeConnection()))).isTrue();
    }

    @Test
    void ofTwoNodesThatWantItOneGetsIt() {
        ClusterFixture.Node three = fixture.node("three");
        fixture.settle();
        for (int i = 0; i < 20; i++) {
            ClusterFixture.Node here = fixture.nodes.stream()
                    .filter(node -> node.router.session(id).isPresent())
                    .findFirst()
                    .orElseThrow();
            List<ClusterFixture.Node> others =
                    fixture.nodes.stream().filter(node -> node != here).toList();
            CyclicBarrier barrier = new CyclicBarrier(2);
            List<CompletableFuture<Void>> fetches = others.stream()
                    .map(node -> {
                        CompletableFuture<Void> done = new CompletableFuture<>();
                        Thread.startVirtualThread(() -> {
                            RouterFixture.await(barrier);
                            get(node.endpoint.gateway().fetch(ALICE, back(Map.of())));
                            done.complete(null);
                        });
                        return done;
                    })
                    .toList();
            fetches.forEach(RouterFixture::get);

            assertThat(owners()).isOne();
            assertThat(here.router.session(id)).isEmpty();
            fixture.settle();
        }
        assertThat(three.router.sessions("alice").size()
                        + two.router.sessions("alice").size()
                        + one.router.sessions("alice").size())
                .isOne();
    }

    @Test
    void ifTheNodeThatHasItDoesNotAnswerTheClientBeginsAnew() {
        breaks(Map.of("", all()));
        one.link.deaf = true;

        CompletableFuture<Void> fetch =
                two.endpoint.gateway().fetch(ALICE, back(Map.of())).toCompletableFuture();
        assertThat(fetch).isNotDone();
        fixture.pass(ClusterMoves.PATIENCE);
        get(fetch);
        ClientSession anew = ((Admission.Admitted)
                        two.endpoint.gateway().connect(ALICE, new FakeConnection(), back(Map.of())))
                .session();

        assertThat(isResumed(anew)).isFalse();
        assertThat(anew.info().id()).isNotEqualTo(id);
        assertThat(owners()).isOne();
    }

    @Test
    void aSessionThatIsLostOnTheWayIsOnNoNode() {
        breaks(Map.of("", all()));
        two.link.deaf = true;

        CompletableFuture<Void> fetch =
                two.endpoint.gateway().fetch(ALICE, back(Map.of())).toCompletableFuture();
        eventually().until(() -> owners() == 0);
        fixture.pass(ClusterMoves.PATIENCE);
        get(fetch);

        assertThat(owners()).isZero();
        two.link.deaf = false;
        assertThat(isResumed(comeTo(two, new FakeConnection()))).isFalse();
    }

    @Test
    void aSessionThatCannotBeCarriedStaysWhereItIs() {
        fixture.linkBytes = ClusterLink.LEAST_MAX_BYTES;
        ClusterFixture.Node small = fixture.node("small");
        FakeConnection broken = new FakeConnection();
        ClientSession there = connect(small, broken, new SessionStart.Resumable());
        fixture.settle();
        broken.close(CloseReason.GONE);
        there.lost(
                CloseReason.GONE,
                Map.of("", ((TopicLog) small.endpoint.gateway().everyone()).position()));
        String large = "x".repeat(ClusterLink.LEAST_MAX_BYTES);
        assertThat(small.router.send(to(there.info().address(), large)).complete())
                .isTrue();
        SessionStart wish =
                new SessionStart.Resume(there.resumption().orElseThrow().token(), Map.of());

        assertThat(isResumed(connect(two, new FakeConnection(), wish))).isFalse();

        FakeConnection back = new FakeConnection();
        assertThat(isResumed(connect(small, back, wish))).isTrue();
        assertThat(back.offered.element().payload()).isEqualTo(Payload.text(large));
    }

    @Test
    void itGoesBackToWhereItWas() {
        comeTo(two, new FakeConnection()).lost(CloseReason.GONE, Map.of());
        fixture.settle();

        FakeConnection third = new FakeConnection();
        ClientSession back = comeTo(one, third);

        assertThat(isResumed(back)).isTrue();
        assertThat(owners()).isOne();
        assertThat(one.router.send(to(Address.client("alice"), "x")).complete()).isTrue();
        assertThat(texts(third)).containsExactly("x");
    }

    @Test
    void aSessionThatNobodyComesBackForEndsInTime() {
        breaks(Map.of("", all()));
        get(two.endpoint.gateway().fetch(ALICE, back(Map.of())));
        assertThat(two.router.session(id)).isPresent();

        fixture.passUntil(Duration.ofMinutes(1), () -> assertThat(owners()).isZero());
    }
}
