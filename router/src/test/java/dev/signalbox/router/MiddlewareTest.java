package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.text;
import static dev.signalbox.router.RouterFixture.texts;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What middleware may do to messages on their way. */
class MiddlewareTest {
    private final RouterFixture fixture = new RouterFixture();
    private final Router router = fixture.router;

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void whatIsTooLargeIsRefusedBeforeMiddlewareSeesIt() {
        try (RouterFixture small = new RouterFixture(RouterOptions.defaults().withMaxPayloadBytes(3))) {
            small.router.onReceive(message -> Decision.reject("seen"));
            ClientSession alice = small.endpoint.connect("alice", new FakeConnection());

            assertThat(alice.send(draft(Address.client("alice"), "äb")).errors())
                    .singleElement()
                    .extracting(RouteError::code)
                    .isEqualTo(ErrorCode.REJECTED);
            assertThat(alice.send(draft(Address.client("alice"), "äöü")).errors())
                    .singleElement()
                    .satisfies(error -> {
                        assertThat(error.code()).isEqualTo(ErrorCode.TOO_LARGE);
                        assertThat(error.message()).contains("6 bytes", "3 allowed");
                    });
        }
    }

    @Test
    void middlewareRunsInOrderAndMayChangeOrStopAMessageInBothDirections() {
        FakeConnection alice = new FakeConnection();
        ClientSession session = fixture.endpoint.connect("alice", alice);
        router.onReceive(message -> Decision.accept(message.withPayload(text(message.payload() + " r1"))));
        router.onReceive(message -> Decision.accept(
                message.withPayload(text(message.payload() + " r2")).withTag("seen", true)));
        router.onSend(
                message -> Decision.accept(message.withPayload(text(message.payload() + " s1 " + message.tags()))));
        router.onSend(message -> message.payload().toString().startsWith("bad")
                ? Decision.reject("bad word")
                : Decision.accept(message));

        assertThat(session.send(draft(Address.client("alice"), "good")).complete())
                .isTrue();
        assertThat(texts(alice)).containsExactly("good r1 r2 s1 {seen=true}");
        assertThat(session.send(draft(Address.client("alice"), "bad")).errors())
                .singleElement()
                .isEqualTo(new RouteError(ErrorCode.REJECTED, Optional.of(Address.client("alice")), "bad word"));
        assertThat(alice.offered).hasSize(1);
    }

    @Test
    void aRejectedBroadcastReachesNobody() {
        router.onSend(message -> Decision.reject("quiet"));

        assertThat(router.send(to(Address.ALL, "x")).errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.REJECTED);
        assertThat(fixture.endpoint.broadcast).isEmpty();
    }

    @Test
    void middlewareThatFailsLetsNothingThrough() {
        FakeConnection alice = new FakeConnection();
        ClientSession session = fixture.endpoint.connect("alice", alice);
        router.onReceive(message -> {
            throw new IllegalStateException("oops");
        });

        assertThat(session.send(draft(Address.client("alice"), "x")).errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.REJECTED);
        assertThat(alice.offered).isEmpty();
        assertThat(fixture.listener.events).contains("logicFailed middleware oops");
    }
}
