package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.assertFailed;
import static dev.signalbox.router.RouterFixture.get;
import static dev.signalbox.router.RouterFixture.text;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
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
}
