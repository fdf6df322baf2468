package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.Address;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Logic;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.testing.contract.TestClient.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Who is let in, who has to go, and what happens at the end. */
abstract class EndpointAdmissionContract extends EndpointFixture {
    @Test
    void aGoodTokenIsWelcomeAndTheClientIsRegistered() {
        client("alice");

        assertThat(router.client("alice")).hasValueSatisfying(info -> {
            assertThat(info.metadata()).containsEntry("plan", "gold");
            assertThat(info.remoteAddress()).contains("127.0.0.1");
        });
    }

    @Test
    void aWrongTokenIsTurnedAway() {
        assertThat(dial(Optional.of("forged")).next()).isEqualTo(new Event.Closed(CloseReason.UNAUTHENTICATED));
        assertThat(router.clients()).isEmpty();
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
    void aSecondConnectionReplacesTheFirst() {
        TestClient first = client("alice");
        TestClient second = client("alice");

        assertThat(first.next()).isEqualTo(new Event.Closed(CloseReason.REPLACED));
        send(Address.client("alice"), text("which?"));
        assertThat(nextText(second)).isEqualTo("which?");
        assertThat(router.clients()).hasSize(1);
    }

    @Test
    void aSecondConnectionIsRefusedIfSoConfigured() {
        reopen(
                RouterOptions.defaults().withDuplicateClient(RouterOptions.DuplicateClient.REFUSE),
                EndpointSettings.DEFAULT);
        TestClient first = client("alice");
        TestClient second = dial(Optional.of("good-alice"));

        assertThat(second.next()).isEqualTo(new Event.Closed(CloseReason.ALREADY_CONNECTED));
        send(Address.client("alice"), text("still there"));
        assertThat(nextText(first)).isEqualTo("still there");
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
