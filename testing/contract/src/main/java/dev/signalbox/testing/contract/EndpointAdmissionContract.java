package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.Address;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Logic;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.router.SessionInfo;
import dev.signalbox.testing.contract.TestClient.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Who is let in, who has to go, and what happens at the end. */
abstract class EndpointAdmissionContract extends EndpointFixture {
    @Test
    void aGoodTokenIsWelcomeAndTheClientIsRegistered() {
        client("alice");

        assertThat(router.sessions("alice")).singleElement().satisfies(info -> {
            assertThat(info.metadata()).containsEntry("plan", "gold");
            assertThat(info.remoteAddress()).contains(clientAddress());
        });
    }

    @Test
    void aWrongTokenIsTurnedAway() {
        assertThat(dial(Optional.of("forged")).next()).isEqualTo(new Event.Closed(CloseReason.UNAUTHENTICATED));
        assertThat(router.sessions()).isEmpty();
    }

    @Test
    void aTokenInTheFirstFrameIsWelcome() {
        TestClient client = dial(Optional.empty());
        client.authenticate("good-alice");

        assertThat(client.next()).isEqualTo(new Event.Welcome("alice"));
    }

    @Test
    void aWrongTokenInTheFirstFrameIsTurnedAway() {
        TestClient client = dial(Optional.empty());
        client.authenticate("forged");

        assertThat(client.next()).isEqualTo(new Event.Closed(CloseReason.UNAUTHENTICATED));
    }

    @Test
    void noTokenInTimeIsTurnedAway() {
        reopen(RouterOptions.defaults(), EndpointSettings.DEFAULT.withAuthentication(Duration.ofMillis(400)));
        assertThat(dial(Optional.empty()).next()).isEqualTo(new Event.Closed(CloseReason.AUTHENTICATION_TIMEOUT));
    }

    @Test
    void sendingBeforeAuthenticationIsTurnedAway() {
        TestClient client = dial(Optional.empty());
        client.send(Optional.empty(), List.of("logic:echo"), text("let me in"));

        assertThat(client.next()).isEqualTo(new Event.Closed(CloseReason.UNAUTHENTICATED));
    }

    @Test
    void aSlowAuthenticatorHoldsNobodyElseUp() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        reopen(
                token -> {
                    if (token.equals("good-slow")) {
                        awaitLatch(release);
                    }
                    return authenticate(token);
                },
                EndpointSettings.DEFAULT.withAuthentication(Duration.ofSeconds(20)));

        // More of them than there can be event loops in a test.
        List<TestClient> slow = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            slow.add(dial(Optional.of("good-slow")));
        }
        client("fast");
        release.countDown();
        assertThat(slow.getFirst().next()).isEqualTo(new Event.Welcome("slow"));
    }

    @Test
    void aFailingAuthenticatorIsTheServersFault() {
        reopen(
                token -> {
                    throw new IllegalStateException("the directory is down");
                },
                EndpointSettings.DEFAULT);

        assertThat(dial(Optional.of("good-alice")).next()).isEqualTo(new Event.Closed(CloseReason.FAILED));
    }

    @Test
    void everySessionOfAUserIsReachedAndNoneThrowsOutAnother() {
        List<TestClient> tabs = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            tabs.add(client("alice"));
        }
        send(Address.client("alice"), text("to each"));
        send(Address.ALL, text("to all"));

        for (TestClient tab : tabs) {
            assertThat(nextText(tab)).isEqualTo("to each");
            assertThat(nextText(tab)).isEqualTo("to all");
        }
        assertThat(router.sessions("alice"))
                .hasSize(100)
                .extracting(SessionInfo::id)
                .doesNotHaveDuplicates();
        tabs.getFirst().close();
        await().atMost(SOON).until(() -> router.sessions("alice").size() == 99);
        send(Address.client("alice"), text("to the rest"));
        assertThat(nextText(tabs.getLast())).isEqualTo("to the rest");
    }

    @Test
    void oneSessionIsAddressedByItself() {
        TestClient first = client("alice");
        UUID id = router.sessions("alice").getFirst().id();
        TestClient second = client("alice");

        send(new Address.Session("alice", id), text("only the first"));
        send(Address.client("alice"), text("both"));
        assertThat(nextText(first)).isEqualTo("only the first");
        assertThat(nextText(first)).isEqualTo("both");
        assertThat(nextText(second)).isEqualTo("both");
        first.send(Optional.empty(), List.of("logic:echo"), text("answer me"));
        assertThat(nextText(first)).isEqualTo("answer me");
        send(Address.client("alice"), text("after"));
        assertThat(nextText(second)).as("the answer was for the other session").isEqualTo("after");
    }

    @Test
    void overTheLimitTheOldestSessionGoes() {
        reopen(limit(RouterOptions.AtSessionLimit.REPLACE_OLDEST), EndpointSettings.DEFAULT);
        TestClient first = client("alice");
        TestClient second = client("alice");
        TestClient third = client("alice");

        assertThat(first.next()).isEqualTo(new Event.Closed(CloseReason.REPLACED));
        send(Address.client("alice"), text("who?"));
        assertThat(nextText(second)).isEqualTo("who?");
        assertThat(nextText(third)).isEqualTo("who?");
        assertThat(router.sessions()).hasSize(2);
    }

    @Test
    void overTheLimitTheNewSessionIsRefusedIfSoConfigured() {
        reopen(limit(RouterOptions.AtSessionLimit.REFUSE), EndpointSettings.DEFAULT);
        TestClient first = client("alice");
        client("alice");
        TestClient third = dial(Optional.of("good-alice"));

        assertThat(third.next()).isEqualTo(new Event.Closed(CloseReason.TOO_MANY_SESSIONS));
        send(Address.client("alice"), text("still there"));
        assertThat(nextText(first)).isEqualTo("still there");
    }

    private static RouterOptions limit(RouterOptions.AtSessionLimit atLimit) {
        return RouterOptions.defaults().withSessions(new RouterOptions.Sessions(2, atLimit));
    }

    @Test
    void aClientThatLeavesIsGone() {
        client("polite").close();
        client("rude").abort();

        awaitGone("polite");
        awaitGone("rude");
        assertThat(listener.disconnected())
                .containsEntry("polite", CloseReason.GONE)
                .containsEntry("rude", CloseReason.GONE);
    }

    @Test
    void aRemovedClientIsDisconnected() {
        TestClient alice = client("alice");

        assertThat(router.disconnect("alice", CloseReason.REMOVED)).isTrue();
        assertThat(alice.next()).isEqualTo(new Event.Closed(CloseReason.REMOVED));
        awaitGone("alice");
        assertThat(router.disconnect("alice", CloseReason.REMOVED)).isFalse();
    }

    @Test
    void whileDrainingWorkIsFinishedAndNothingNewIsTaken() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        router.add("slow", Logic.worker((message, context) -> {
            awaitLatch(release);
            context.reply(message, text("finished"));
        }));
        TestClient alice = client("alice");
        alice.request("q1", "logic:slow", text("work"), SOON);
        alice.send(Optional.of("1"), List.of("client:alice"), text("in between"));
        assertThat(List.of(alice.next(), alice.next())).contains(new Event.Ok("1"));

        assertThat(router.drain(Duration.ofMillis(50))).isFalse();
        alice.send(Optional.of("2"), List.of("logic:echo"), text("too late"));
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("closing");
        release.countDown();
        assertThat(router.drain(SOON)).isTrue();
        assertThat(alice.next()).isEqualTo(new Event.Replied("q1", "logic:slow", text("finished")));

        router.close();
        assertThat(alice.next()).isEqualTo(new Event.Closed(CloseReason.RESTARTING));
    }

    @Test
    void whatWasSentBeforeTheEndStillArrives() {
        TestClient alice = client("alice");
        for (int i = 0; i < 200; i++) {
            send(Address.client("alice"), text("m" + i));
        }
        router.close();

        for (int i = 0; i < 200; i++) {
            assertThat(nextText(alice)).isEqualTo("m" + i);
        }
        assertThat(alice.next()).isEqualTo(new Event.Closed(CloseReason.RESTARTING));
    }
}
