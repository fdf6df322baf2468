package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A client whose connection broke and who does not come back, or may not. */
class SessionEndTest extends ResumingClients {
    @Test
    void whenItsTimeIsOverASessionEndsWithItsEvents() {
        FakeConnection first = new FakeConnection();
        ClientSession before = begin("alice", first);
        before.subscribe("news", new TopicStart.Now());
        lose(before, first, nothing());
        var reply = router.request(to(before.info().address(), "?"), Duration.ofHours(1));
        fixture.clock.advance(WINDOW.plusSeconds(1));
        awaitSessions(0);

        await().atMost(RouterFixture.SOON)
                .untilAsserted(() ->
                        assertThat(fixture.listener.events).contains("connected alice", "disconnected alice GONE"));
        assertThat(reply.toCompletableFuture()).failsWithin(RouterFixture.SOON);
        assertThat(router.topic("news").orElseThrow().subscribers()).isZero();
        assertThat(resumed(resume(before, new FakeConnection(), Map.of()))).isEmpty();
    }

    @Test
    void whoCameBackInTimeIsNotEndedByTheOldTimer() {
        FakeConnection first = new FakeConnection();
        ClientSession before = begin("alice", first);
        lose(before, first, nothing());
        ClientSession after = resume(before, new FakeConnection(), Map.of());
        var reply = router.request(to(after.info().address(), "?"), WINDOW);
        fixture.clock.advance(WINDOW.plusSeconds(1));

        // Its deadline is after that of the session.
        assertThat(reply.toCompletableFuture()).failsWithin(RouterFixture.SOON);
        assertThat(router.sessions("alice")).hasSize(1);
    }

    @Test
    void whoIsRemovedWhileAwayDoesNotComeBack() {
        FakeConnection first = new FakeConnection();
        ClientSession before = begin("alice", first);
        lose(before, first, nothing());
        assertThat(router.disconnect("alice", CloseReason.REMOVED)).isTrue();

        assertThat(router.connected()).isZero();
        assertThat(fixture.listener.events).containsExactly("connected alice", "disconnected alice REMOVED");
        assertThat(resumed(resume(before, new FakeConnection(), Map.of()))).isEmpty();
    }

    @Test
    void whoIsRemovedWhileItLosesItsConnectionDoesNotComeBack() {
        FakeConnection first = new FakeConnection();
        ClientSession before = begin("alice", first);
        // The connection is closed already, and its endpoint is about to say so.
        first.close(CloseReason.GONE);
        router.disconnect("alice", CloseReason.REMOVED);
        before.lost(CloseReason.GONE, nothing());

        assertThat(router.connected()).isZero();
    }

    @Test
    void whoMissesAMessageThatThereIsNoRoomForDoesNotComeBack() {
        FakeConnection first = new FakeConnection();
        ClientSession before = begin("alice", first);
        lose(before, first, nothing());
        int accepted = 0;
        while (router.send(to(ALICE, "x")).complete()) {
            accepted++;
        }

        assertThat(accepted).isEqualTo(10);
        assertThat(router.connected()).isZero();
        assertThat(resumed(resume(before, new FakeConnection(), Map.of()))).isEmpty();
        // What was held for it holds up nobody else.
        FakeConnection other = new FakeConnection();
        ClientSession bob = begin("bob", other);
        lose(bob, other, nothing());
        assertThat(router.send(to(Address.client("bob"), "x")).complete()).isTrue();
    }

    @Test
    void onlySoManySessionsWait() {
        List<ClientSession> sessions = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            FakeConnection connection = new FakeConnection();
            ClientSession session = begin("user" + i, connection);
            sessions.add(session);
            lose(session, connection, nothing());
        }
        assertThat(router.connected()).isEqualTo(3);
        // The place of one that came back, or ended, is free again.
        SessionStart again = new SessionStart.Resume(token(sessions.getFirst()), Map.of());
        assertThat(resumed(connect("user0", new FakeConnection(), again))).isPresent();
        router.disconnect("user1", CloseReason.REMOVED);
        for (int i = 5; i < 8; i++) {
            FakeConnection connection = new FakeConnection();
            lose(begin("user" + i, connection), connection, nothing());
        }
        assertThat(router.sessions().stream().filter(info -> !info.connected())).hasSize(3);
    }

    @Test
    void aSessionThatIsAwayGivesWayToANewOne() {
        List<ClientSession> sessions = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            sessions.add(begin("alice", new FakeConnection()));
        }
        sessions.get(1).lost(CloseReason.GONE, nothing());
        ClientSession fourth = begin("alice", new FakeConnection());

        assertThat(router.sessions("alice"))
                .extracting(SessionInfo::id)
                .containsExactly(
                        sessions.get(0).info().id(),
                        sessions.get(2).info().id(),
                        fourth.info().id());
        assertThat(resumed(resume(sessions.get(0), new FakeConnection(), Map.of())))
                .isPresent();
    }

    @Test
    void withoutAWishOrAWindowASessionEndsWithItsConnection() {
        ClientSession plain = connect("alice", new FakeConnection(), new SessionStart.Fresh());
        assertThat(plain.resumption()).isEmpty();
        plain.lost(CloseReason.GONE, nothing());
        assertThat(router.connected()).isZero();
        try (RouterFixture without = new RouterFixture(
                RouterOptions.defaults().withResume(new RouterOptions.Resume(Duration.ZERO, 1, 1, 1)))) {
            var admission = without.endpoint
                    .gateway()
                    .connect(new Principal("alice", Map.of()), new FakeConnection(), new SessionStart.Resumable());
            assertThat(((ClientGateway.Admission.Admitted) admission).session().resumption())
                    .isEmpty();
        }
    }

    @Test
    void whoIsAwayWhenTheRouterClosesIsTold() {
        ClientSession before = begin("alice", new FakeConnection());
        before.lost(CloseReason.GONE, nothing());
        router.close();

        assertThat(fixture.listener.events).contains("disconnected alice RESTARTING");
    }
}
