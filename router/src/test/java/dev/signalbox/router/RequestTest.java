package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.assertFailed;
import static dev.signalbox.router.RouterFixture.get;
import static dev.signalbox.router.RouterFixture.text;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Questions that wait for one reply. */
class RequestTest {
    private final RouterFixture fixture = new RouterFixture();
    private final Router router = fixture.router;

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aRequestIsAnsweredOnceAndNamesItsReplier() {
        router.add("twice", Logic.dispatched((message, context) -> {
            context.reply(message, text("one"));
            context.reply(message, text("two"));
        }));

        Message reply = get(router.request(to(Address.logic("twice"), "?"), RouterFixture.SOON));
        assertThat(reply.payload()).isEqualTo(text("one"));
        assertThat(reply.source()).isEqualTo(Address.logic("twice"));
        await().until(() -> fixture.listener.events.contains("failed two UNKNOWN_REQUEST"));
    }

    @Test
    void aRequestExpiresByTheRoutersClock() {
        router.add("silent", Logic.dispatched((message, context) -> {}));
        CompletionStage<Message> reply = router.request(to(Address.logic("silent"), "?"), Duration.ofMinutes(1));

        fixture.clock.advance(Duration.ofSeconds(59));
        assertThat(reply.toCompletableFuture()).isNotDone();
        fixture.clock.advance(Duration.ofSeconds(1));
        assertFailed(reply, ErrorCode.TIMEOUT);
    }

    @Test
    void aRequestGoesToExactlyOneAndOnlySoManyWait() {
        assertFailed(router.request(to(Address.ALL, "?"), RouterFixture.SOON), ErrorCode.MALFORMED);
        assertFailed(router.request(to(Address.logic("nobody"), "?"), RouterFixture.SOON), ErrorCode.UNKNOWN_LOGIC);
        assertFailed(router.request(to(Address.logic("nobody"), "?"), Duration.ZERO), ErrorCode.MALFORMED);
        try (RouterFixture one = new RouterFixture(RouterOptions.defaults().withMaxRequests(1))) {
            one.router.add("silent", Logic.dispatched((message, context) -> {}));
            CompletionStage<Message> first =
                    one.router.request(to(Address.logic("silent"), "?"), Duration.ofMinutes(1));
            assertFailed(
                    one.router.request(to(Address.logic("silent"), "?"), RouterFixture.SOON), ErrorCode.OVERLOADED);
            one.clock.advance(Duration.ofMinutes(1));
            assertFailed(first, ErrorCode.TIMEOUT);
            one.router.add("echo", Logic.dispatched((message, context) -> context.reply(message, message.payload())));
            assertThat(get(one.router.request(to(Address.logic("echo"), "!"), RouterFixture.SOON))
                            .payload())
                    .isEqualTo(text("!"));
        }
    }

    @Test
    void aLogicMayPassARequestOn() {
        router.add(
                "front",
                Logic.dispatched((message, context) ->
                        context.router().send(message.withTargets(List.of(Address.logic("back"))))));
        router.add("back", Logic.worker((message, context) -> context.reply(message, text("from the back"))));

        Message reply = get(router.request(to(Address.logic("front"), "?"), RouterFixture.SOON));
        assertThat(reply.source()).isEqualTo(Address.logic("back"));
    }

    /** A client on a connection that remembers what it was asked. */
    private record Asked(ClientSession session, FakeConnection connection) {
        UUID request() {
            return connection.offered.element().id();
        }
    }

    private Asked bob() {
        FakeConnection connection = new FakeConnection();
        return new Asked(fixture.endpoint.connect("bob", connection), connection);
    }

    private CompletionStage<Message> askBob() {
        return router.request(to(Address.client("bob"), "?"), Duration.ofHours(1));
    }

    @Test
    void aClientMayRefuseARequest() {
        Asked bob = bob();
        CompletionStage<Message> reply = askBob();

        assertThat(bob.session.refuse(bob.request(), "not for me")).isTrue();
        assertFailed(reply, ErrorCode.REJECTED);
        assertThat(reply).failsWithin(RouterFixture.SOON).withThrowableThat().withMessageContaining("not for me");
        assertThat(bob.session.refuse(bob.request(), "twice")).isFalse();
    }

    @Test
    void nobodyRefusesForSomebodyElse() {
        Asked bob = bob();
        ClientSession mallory = fixture.endpoint.connect("mallory", new FakeConnection());
        CompletionStage<Message> reply = askBob();

        assertThat(mallory.refuse(bob.request(), "forged")).isFalse();
        bob.session.reply(bob.request(), text("true"), Map.of());
        assertThat(get(reply).payload()).isEqualTo(text("true"));
    }

    @Test
    void aSessionThatRefusesLeavesTheRequestToTheOthers() {
        Asked first = bob();
        Asked second = bob();
        CompletionStage<Message> answered = askBob();
        first.session.refuse(first.request(), "not here");
        first.session.refuse(first.request(), "really not");
        assertThat(answered.toCompletableFuture()).isNotDone();
        second.session.reply(second.request(), text("here"), Map.of());
        assertThat(get(answered).payload()).isEqualTo(text("here"));
    }

    @Test
    void theLastThatCouldHaveAnsweredEndsTheWait() {
        Asked first = bob();
        Asked second = bob();
        CompletionStage<Message> reply = askBob();

        first.session.refuse(first.request(), "not here");
        second.session.disconnected(CloseReason.GONE);
        assertFailed(reply, ErrorCode.REJECTED);
    }

    /** As when a client comes back before its old connection was found to be gone. */
    @Test
    void aSessionThatWasNotAskedKeepsNobodyWaiting() {
        Asked asked = bob();
        CompletionStage<Message> reply = askBob();
        bob();

        asked.session.disconnected(CloseReason.GONE);
        assertFailed(reply, ErrorCode.UNKNOWN_CLIENT);
    }

    @Test
    void aReplyThatEndedItsConnectionIsTheReason() {
        Asked asked = bob();
        CompletionStage<Message> reply = askBob();

        asked.session.disconnected(CloseReason.TOO_LARGE);
        assertThat(reply)
                .failsWithin(RouterFixture.SOON)
                .withThrowableThat()
                .withMessageContaining("more in one message than it may");
    }

    /** Race: the sessions that are asked are known only once they have been. */
    @Test
    void oneThatRefusesWhileItIsAskedIsNotWaitedFor() {
        Asked bob = bob();
        bob.connection.onOffer = request -> bob.session.refuse(request.id(), "at once");
        assertFailed(askBob(), ErrorCode.REJECTED);

        bob.connection.onOffer = request -> bob.session.disconnected(CloseReason.GONE);
        assertFailed(askBob(), ErrorCode.UNKNOWN_CLIENT);
    }
}
