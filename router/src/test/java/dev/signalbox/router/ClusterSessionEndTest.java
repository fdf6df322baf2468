package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static dev.signalbox.router.RouterFixture.draft;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node does for a session ends with it, on whichever node that is. */
@Timeout(120)
class ClusterSessionEndTest {
    private static final Address.Logic WORK = Address.logic("work");

    private final ClusterFixture fixture = new ClusterFixture();
    private final ClusterFixture.Node one = fixture.node("one");
    private final ClusterFixture.Node two = fixture.node("two");
    private final ClusterFixture.Node three = fixture.node("three");

    @AfterEach
    void close() {
        fixture.close();
    }

    private static void requireEnded(ClusterFixture.Node node, String user) {
        assertThat(node.listener.ended).as(node.name).contains(user);
    }

    @Test
    void aSessionThatEndsIsToldOnAllNodesOnceAndNoOther() {
        ClientSession alice = one.connect("alice", new FakeConnection());
        one.connect("bob", new FakeConnection());
        fixture.settle();
        alice.disconnected(CloseReason.GONE);

        eventually().untilAsserted(() -> fixture.nodes.forEach(node -> requireEnded(node, "alice")));
        passALease();
        assertThat(fixture.nodes)
                .allSatisfy(node -> assertThat(node.listener.ended)
                        .containsOnlyOnce("alice")
                        .doesNotContain("bob"));
    }

    @Test
    void theSessionsOfANodeThatDiesHaveEnded() {
        one.connect("alice", new FakeConnection());
        fixture.settle();
        one.link.mute = true;

        fixture.passUntil(Duration.ofSeconds(15), () -> {
            requireEnded(two, "alice");
            requireEnded(three, "alice");
        });
        assertThat(one.listener.ended).as("it is still there").doesNotContain("alice");
    }

    @Test
    void theSessionsOfANodeThatLeavesHaveEnded() {
        one.connect("alice", new FakeConnection());
        fixture.settle();
        one.router.close();

        eventually().untilAsserted(() -> requireEnded(two, "alice"));
    }

    @Test
    void aSessionThatGoesToAnotherNodeHasNotEndedAnywhere() {
        ClientSession before = resumable(one, new SessionStart.Resumable());
        String token = before.resumption().orElseThrow().token();
        fixture.settle();
        ClientSession after = resumable(two, new SessionStart.Resume(token, Map.of()));
        assertThat(after.resumption().orElseThrow().resumed()).isPresent();
        fixture.settle();

        passALease();
        assertThat(fixture.nodes)
                .allSatisfy(node -> assertThat(node.listener.ended).doesNotContain("alice"));
        after.disconnected(CloseReason.GONE);
        eventually().untilAsserted(() -> fixture.nodes.forEach(node -> requireEnded(node, "alice")));
    }

    private void passALease() {
        for (int i = 0; i < 4; i++) {
            fixture.pass(Duration.ofSeconds(5));
        }
    }

    private static ClientSession resumable(ClusterFixture.Node node, SessionStart start) {
        Principal alice = new Principal("alice", Map.of());
        RouterFixture.get(node.endpoint.gateway().fetch(alice, start));
        return ((ClientGateway.Admission.Admitted) node.endpoint.gateway().connect(alice, new FakeConnection(), start))
                .session();
    }

    /** Otherwise it would keep its place among those that wait until its time is up, which may be in an hour. */
    @Test
    void aRequestWhoseSenderLeftDoesNotWaitOnTheOtherNode() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        two.router.add("work", Logic.dispatched((message, context) -> asked.countDown()));
        ClientSession alice = one.connect("alice", new FakeConnection());
        fixture.settle();
        CompletionStage<Message> reply = alice.request(draft(WORK, "x"), Duration.ofHours(1));
        RouterFixture.await(asked);
        Requests waiting = ((MessageRouter) two.router).requests();
        assertThat(waiting.size()).isOne();

        alice.disconnected(CloseReason.GONE);

        assertThat(reply.toCompletableFuture()).isCompletedExceptionally();
        eventually().until(() -> waiting.size() == 0);
    }

    @Test
    void aRequestThatOneNodeAnsweredDoesNotWaitOnAnother() {
        FakeConnection answering = new FakeConnection();
        ClientSession bob = two.connect("bob", answering);
        three.connect("bob", new FakeConnection());
        ClientSession alice = one.connect("alice", new FakeConnection());
        fixture.settle();
        CompletionStage<Message> reply = alice.request(draft(Address.client("bob"), "x"), Duration.ofHours(1));
        Requests waiting = ((MessageRouter) three.router).requests();
        eventually().until(() -> waiting.size() == 1 && !answering.offered.isEmpty());

        bob.reply(answering.offered.element().id(), Payload.text("answer"), Map.of());

        assertThat(RouterFixture.get(reply).payload()).isEqualTo(Payload.text("answer"));
        eventually().until(() -> waiting.size() == 0);
    }
}
