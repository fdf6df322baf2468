package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.get;
import static dev.signalbox.router.RouterFixture.texts;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.ClientSession.Subscribing.Subscribed;
import dev.signalbox.testing.services.Effort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client whose connection broke comes back to its session, or is told that it cannot. */
@Timeout(600)
class SessionResumeTest {
    private static final int ROUNDS = Effort.of(300, 30_000);
    private static final Address.Client ALICE = new Address.Client("alice");
    private static final Address.Topic NEWS = Address.topic("news");
    private static final Duration WINDOW = Duration.ofSeconds(30);

    private final RouterFixture fixture = new RouterFixture(RouterOptions.defaults()
            .withResume(new RouterOptions.Resume(WINDOW, 3, 10, 10_000))
            .withSessions(new RouterOptions.Sessions(3, RouterOptions.AtSessionLimit.REFUSE)));
    private final Router router = fixture.router;

    @BeforeEach
    void allowAll() {
        router.authorize((principal, operation, address) -> true);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private ClientSession begin(String user, Connection connection) {
        return connect(user, connection, new SessionStart.Resumable());
    }

    private ClientSession connect(String user, Connection connection, SessionStart start) {
        var admission = fixture.endpoint.gateway().connect(new Principal(user, Map.of()), connection, start);
        return ((ClientGateway.Admission.Admitted) admission).session();
    }

    private ClientSession resume(ClientSession earlier, Connection connection, Map<String, Position> seen) {
        return connect("alice", connection, new SessionStart.Resume(token(earlier), seen));
    }

    private static String token(ClientSession session) {
        return session.resumption().orElseThrow().token();
    }

    private static Optional<Resumption.Resumed> resumed(ClientSession session) {
        return session.resumption().orElseThrow().resumed();
    }

    private Position at(String topic, long offset) {
        return new Position(router.topic(topic).orElseThrow().epoch(), offset);
    }

    private Position all(long offset) {
        return new Position(fixture.endpoint.gateway().everyone().epoch(), offset);
    }

    private Map<String, Position> nothing() {
        return Map.of("", all(0));
    }

    private static void lose(ClientSession session, FakeConnection connection, Map<String, Position> written) {
        connection.close(CloseReason.GONE);
        session.lost(CloseReason.GONE, written);
    }

    private void publish(int from, int to) {
        for (int i = from; i <= to; i++) {
            assertThat(router.send(to(NEWS, "m" + i)).complete()).isTrue();
        }
    }

    private void awaitSessions(int count) {
        await().atMost(RouterFixture.SOON).until(() -> router.connected() == count);
    }

    @Test
    void whoComesBackFindsItsSessionAndNobodyNoticesThatItWasAway() {
        FakeConnection first = new FakeConnection();
        ClientSession before = begin("alice", first);
        lose(before, first, nothing());
        assertThat(router.session(before.info().id()))
                .hasValueSatisfying(info -> assertThat(info.connected()).isFalse());
        ClientSession after = resume(before, new FakeConnection(), Map.of());

        assertThat(resumed(after)).isPresent();
        assertThat(after.info().id()).isEqualTo(before.info().id());
        assertThat(after.info().connected()).isTrue();
        assertThat(token(after)).isEqualTo(token(before));
        assertThat(fixture.listener.events).containsExactly("connected alice");
        before.disconnected(CloseReason.GONE);
        assertThat(router.sessions("alice")).hasSize(1);
        after.disconnected(CloseReason.GONE);
        assertThat(fixture.listener.events).containsExactly("connected alice", "disconnected alice GONE");
    }

    @Test
    void whatIsSentToItMeanwhileComesInOrderOnceItIsBack() {
        FakeConnection first = new FakeConnection();
        FakeConnection second = new FakeConnection();
        ClientSession before = begin("alice", first);
        assertThat(router.send(to(ALICE, "1")).complete()).isTrue();
        lose(before, first, nothing());
        for (int i = 2; i <= 4; i++) {
            assertThat(router.send(to(ALICE, String.valueOf(i))).complete()).isTrue();
        }
        ClientSession after = resume(before, second, Map.of());
        router.send(to(ALICE, "5"));

        assertThat(texts(first)).containsExactly("1");
        assertThat(texts(second)).containsExactly("2", "3", "4", "5");
        assertThat(after.info().connected()).isTrue();
    }

    @Test
    void whatWasNotAcknowledgedComesAgain() {
        FakeConnection first = new FakeConnection();
        FakeConnection second = new FakeConnection();
        ClientSession before = begin("alice", first);
        Message toSession = to(before.info().address(), "one");
        Message toUser = to(ALICE, "two");
        var one = router.sendAcknowledged(toSession, Duration.ofMinutes(5));
        var two = router.sendAcknowledged(toUser, Duration.ofMinutes(5));
        before.acknowledge(toUser.id());
        lose(before, first, nothing());
        ClientSession after = resume(before, second, Map.of());

        assertThat(texts(second)).containsExactly("one");
        assertThat(after.acknowledge(toSession.id())).isTrue();
        assertThat(get(one)).isEqualTo(new AckResult.Acked());
        assertThat(get(two)).isEqualTo(new AckResult.Acked());
    }

    @Test
    void aRequestWaitsForTheClientToComeBack() {
        FakeConnection first = new FakeConnection();
        FakeConnection second = new FakeConnection();
        ClientSession before = begin("alice", first);
        lose(before, first, nothing());
        Message request = to(before.info().address(), "how are you?");
        var reply = router.request(request, Duration.ofMinutes(5));
        ClientSession after = resume(before, second, Map.of());

        assertThat(texts(second)).containsExactly("how are you?");
        assertThat(after.reply(request.id(), RouterFixture.text("well"), Map.of())
                        .complete())
                .isTrue();
        assertThat(get(reply).payload()).isEqualTo(RouterFixture.text("well"));
    }

    @Test
    void whatTheClientWaitedForEndsWithItsConnection() {
        router.add("silent", Logic.worker((message, context) -> {}));
        FakeConnection first = new FakeConnection();
        ClientSession before = begin("alice", first);
        CompletionStage<Message> answer = before.request(draft(Address.logic("silent"), "?"), Duration.ofMinutes(5));
        lose(before, first, nothing());

        assertThat(answer.toCompletableFuture())
                .failsWithin(RouterFixture.SOON)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(RequestException.class);
    }

    @Test
    void topicsGoOnAfterWhatTheClientHasSeenOrAfterWhatWasWritten() {
        FakeConnection first = new FakeConnection();
        ClientSession before = begin("alice", first);
        before.subscribe("news", new TopicStart.Now());
        before.subscribe("more", new TopicStart.Now());
        publish(1, 9);
        lose(before, first, Map.of("news", at("news", 8), "more", at("more", 0), "", all(0)));
        publish(10, 12);
        ClientSession after = resume(before, new FakeConnection(), Map.of("news", at("news", 7)));
        List<Subscribed> topics = resumed(after).orElseThrow().topics();

        assertThat(topics).extracting(each -> each.topic().name()).containsExactly("more", "news");
        assertThat(topics).extracting(Subscribed::after).containsExactly(0L, 7L);
        assertThat(topics).allMatch(Subscribed::recovered);
        assertThat(router.topic("news").orElseThrow().subscribers()).isOne();
        assertThat(after.unsubscribe("news")).isTrue();
    }

    @Test
    void whatATopicNoLongerKeepsIsToldAsLost() {
        FakeConnection first = new FakeConnection();
        ClientSession before = begin("alice", first);
        before.subscribe("news", new TopicStart.Now());
        lose(before, first, nothing());
        publish(1, 1_005);

        // Not known what it was written, an offset from another life, and one that is too old.
        for (Map<String, Position> seen : List.of(
                Map.<String, Position>of(),
                Map.of("news", new Position(new UUID(1, 2), 2)),
                Map.of("news", at("news", 2)))) {
            ClientSession after = resume(before, new FakeConnection(), seen);
            assertThat(resumed(after).orElseThrow().topics()).singleElement().matches(each -> !each.recovered());
        }
    }

    @Test
    void topicsThatTheNewCredentialsDoNotAllowAreLeft() {
        FakeConnection first = new FakeConnection();
        ClientSession before = begin("alice", first);
        before.subscribe("news", new TopicStart.Now());
        before.subscribe("more", new TopicStart.Now());
        lose(before, first, nothing());
        router.authorize((principal, operation, address) -> address.equals(Address.topic("more")));
        ClientSession after = resume(before, new FakeConnection(), Map.of());

        assertThat(resumed(after).orElseThrow().topics())
                .singleElement()
                .matches(each -> each.topic().name().equals("more"));
        assertThat(router.topic("news").orElseThrow().subscribers()).isZero();
    }

    @Test
    void whatWentToAllGoesOnAfterWhatWasWritten() {
        FakeConnection first = new FakeConnection();
        ClientSession before = begin("alice", first);
        router.send(to(Address.ALL, "1"));
        lose(before, first, Map.of("", all(1)));
        router.send(to(Address.ALL, "2"));
        ClientSession after = resume(before, new FakeConnection(), Map.of());
        assertThat(resumed(after).orElseThrow().all()).isOne();

        lose(after, new FakeConnection(), Map.of("", all(1)));
        fixture.clock.advance(Duration.ofSeconds(20));
        assertThat(resumed(resume(before, new FakeConnection(), Map.of()))).isPresent();
    }

    @Test
    void aSessionThatMissedWhatWentToAllCannotBeResumed() {
        try (RouterFixture patient = new RouterFixture(
                RouterOptions.defaults().withResume(new RouterOptions.Resume(Duration.ofHours(1), 1, 10, 10_000)))) {
            Principal alice = new Principal("alice", Map.of());
            FakeConnection first = new FakeConnection();
            var gateway = patient.endpoint.gateway();
            ClientSession before = ((ClientGateway.Admission.Admitted)
                            gateway.connect(alice, first, new SessionStart.Resumable()))
                    .session();
            lose(before, first, Map.of("", new Position(gateway.everyone().epoch(), 0)));
            patient.router.send(to(Address.ALL, "1"));
            // Longer than what goes to all is kept.
            patient.clock.advance(Duration.ofMinutes(2));
            ClientSession after = ((ClientGateway.Admission.Admitted) gateway.connect(
                            alice, new FakeConnection(), new SessionStart.Resume(token(before), Map.of())))
                    .session();

            assertThat(resumed(after)).isEmpty();
            assertThat(after.info().id()).isNotEqualTo(before.info().id());
            assertThat(patient.listener.events).contains("disconnected alice SLOW_CONSUMER", "connected alice");
        }
    }

    @Test
    void aWrongTokenOrAnotherUserBeginsAnewAndTakesNothing() {
        FakeConnection first = new FakeConnection();
        ClientSession before = begin("alice", first);
        lose(before, first, nothing());
        String token = token(before);
        List<String> wrong = List.of("", "x", ".", token + "x", before.info().id() + ".", token.substring(0, 40));
        for (String given : wrong) {
            ClientSession other = connect("bob", new FakeConnection(), new SessionStart.Resume(given, Map.of()));
            assertThat(resumed(other)).as(given).isEmpty();
            other.disconnected(CloseReason.GONE);
        }
        ClientSession thief = connect("bob", new FakeConnection(), new SessionStart.Resume(token, Map.of()));

        assertThat(resumed(thief)).isEmpty();
        assertThat(thief.info().user()).isEqualTo("bob");
        assertThat(resumed(resume(before, new FakeConnection(), Map.of()))).isPresent();
    }

    @Test
    void aConnectionThatHasNotNoticedItsEndIsReplaced() {
        FakeConnection halfDead = new FakeConnection();
        ClientSession before = begin("alice", halfDead);
        before.subscribe("news", new TopicStart.Now());
        ClientSession after = resume(before, new FakeConnection(), Map.of("news", at("news", 0)));

        assertThat(halfDead.closed).hasValue(CloseReason.RESUMED);
        assertThat(resumed(after).orElseThrow().topics()).allMatch(Subscribed::recovered);
        // What it still says does not count, nor does its end.
        assertThat(before.send(draft(ALICE, "late")).errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.CLOSING);
        assertThat(before.unsubscribe("news")).isFalse();
        assertThat(before.subscribe("more", new TopicStart.Now()))
                .isInstanceOf(ClientSession.Subscribing.Refused.class);
        assertThat(before.publish(draft(NEWS, "late"), Optional.empty()))
                .isInstanceOf(ClientSession.Publishing.Refused.class);
        before.lost(CloseReason.GONE, nothing());
        before.disconnected(CloseReason.RESUMED);
        assertThat(after.info().connected()).isTrue();
        assertThat(after.send(draft(ALICE, "alive")).complete()).isTrue();
    }

    @Test
    void onlyTheFirstEndOfAConnectionCounts() {
        FakeConnection first = new FakeConnection();
        ClientSession before = begin("alice", first);
        lose(before, first, nothing());
        before.lost(CloseReason.GONE, nothing());
        before.disconnected(CloseReason.GONE);

        assertThat(router.connected()).isOne();
        ClientSession after = resume(before, new FakeConnection(), Map.of());
        assertThat(resumed(after)).isPresent();
        after.disconnected(CloseReason.REMOVED);
        after.lost(CloseReason.GONE, nothing());
        assertThat(router.connected()).isZero();
    }

    @Test
    void aConnectionEndsWhenItsTokenRunsOutAndTheSessionGoesOnWithANewerOne() {
        var gateway = fixture.endpoint.gateway();
        FakeConnection first = new FakeConnection();
        FakeConnection second = new FakeConnection();
        FakeConnection endless = new FakeConnection();
        begin("alice", endless);
        ClientSession before = ((ClientGateway.Admission.Admitted)
                        gateway.connect(until(60), first, new SessionStart.Resumable()))
                .session();
        fixture.clock.advance(Duration.ofSeconds(50));
        before.lost(CloseReason.GONE, nothing());
        ClientSession after = ((ClientGateway.Admission.Admitted)
                        gateway.connect(until(60), second, new SessionStart.Resume(token(before), Map.of())))
                .session();
        assertThat(resumed(after)).isPresent();
        fixture.clock.advance(Duration.ofSeconds(20));
        // A deadline after the one of the first token shows that that has passed.
        assertThat(router.request(to(after.info().address(), "?"), Duration.ofMillis(1))
                        .toCompletableFuture())
                .satisfies(waiting -> {
                    fixture.clock.advance(Duration.ofSeconds(1));
                    assertThat(waiting).failsWithin(RouterFixture.SOON);
                });
        assertThat(first.closed).hasValue(null);
        assertThat(second.closed).hasValue(null);
        fixture.clock.advance(Duration.ofSeconds(60));

        await().atMost(RouterFixture.SOON).until(() -> second.closed.get() == CloseReason.EXPIRED);
        assertThat(endless.closed).hasValue(null);
    }

    private Principal until(int seconds) {
        return new Principal(
                "alice", Map.of(), Optional.of(fixture.clock.instant().plusSeconds(seconds)));
    }

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

    /** Sending, losing and coming back at once: nothing comes twice, and nothing that was accepted is missing or out of order. */
    @Test
    void whatIsSentWhileItComesAndGoesArrivesOnceAndInOrder() throws InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            FakeConnection first = new FakeConnection();
            FakeConnection second = new FakeConnection();
            ClientSession before = begin("alice", first);
            CyclicBarrier together = new CyclicBarrier(2);
            Thread sender = Thread.ofPlatform().start(() -> {
                RouterFixture.await(together);
                for (int i = 0; i < 8; i++) {
                    assertThat(router.send(to(ALICE, String.valueOf(i))).complete())
                            .isTrue();
                }
            });
            RouterFixture.await(together);
            lose(before, first, nothing());
            ClientSession after = resume(before, second, Map.of());
            sender.join();

            List<String> all = new ArrayList<>(texts(first));
            all.addAll(texts(second));
            assertThat(all).as("round %d", round).containsExactly("0", "1", "2", "3", "4", "5", "6", "7");
            after.disconnected(CloseReason.GONE);
        }
    }
}
