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
import org.junit.jupiter.api.Test;

/** A client whose connection broke comes back to its session, or is told that it cannot. */
class SessionResumeTest extends ResumingClients {
    private static final int ROUNDS = Effort.of(300, 30_000);

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
