package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.assertFailed;
import static dev.signalbox.router.RouterFixture.get;
import static dev.signalbox.router.RouterFixture.text;
import static dev.signalbox.router.RouterFixture.texts;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The end of a router, and the time before. */
class DrainTest {
    private final RouterFixture fixture = new RouterFixture();
    private final Router router = fixture.router;

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void closingDrainsLogicFirstThenEndsWhatWaits() {
        CountDownLatch release = new CountDownLatch(1);
        FakeConnection alice = new FakeConnection();
        fixture.endpoint.connect("alice", alice);
        router.add("slow", Logic.worker((message, context) -> {
            RouterFixture.await(release);
            context.send(Address.client("alice"), text("finished"));
        }));
        router.add("silent", Logic.dispatched((message, context) -> {}));
        router.send(to(Address.logic("slow"), "work"));
        CompletionStage<Message> request = router.request(to(Address.logic("silent"), "?"), RouterFixture.SOON);
        CompletionStage<AckResult> ack = router.sendAcknowledged(to(Address.client("bob"), "x"), RouterFixture.SOON);
        router.onSend(message -> {
            assertThat(fixture.endpoint.closed).isFalse();
            return Decision.accept(message);
        });
        fixture.endpoint.onStopAccepting = release::countDown;
        router.close();

        assertThat(fixture.endpoint.closed).isTrue();
        assertThat(texts(alice)).containsExactly("finished");
        assertFailed(request, ErrorCode.CLOSING);
        assertThat(get(ack)).isEqualTo(new AckResult.Closed(false));
        assertThat(get(router.sendAcknowledged(to(Address.client("bob"), "x"), RouterFixture.SOON)))
                .isInstanceOf(AckResult.Rejected.class);
        assertThat(router.send(to(Address.client("alice"), "x")).errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.CLOSING);
    }

    @Test
    void whileDrainingNobodyNewIsLetIn() throws InterruptedException {
        router.drain(Duration.ZERO);

        assertThat(fixture.endpoint.gateway().connect(new Principal("late", Map.of()), new FakeConnection()))
                .isEqualTo(new ClientGateway.Admission.Refused(CloseReason.RESTARTING));
    }

    @Test
    void aDrainCanBeTakenBackUntilTheRouterCloses() throws InterruptedException {
        router.drain(Duration.ZERO);
        router.admit();
        assertThat(fixture.endpoint.accepting).isTrue();
        assertThat(fixture.endpoint.gateway().connect(new Principal("back", Map.of()), new FakeConnection()))
                .isInstanceOf(ClientGateway.Admission.Admitted.class);

        router.close();
        router.admit();

        assertThat(fixture.endpoint.accepting).isFalse();
        assertThat(fixture.endpoint.gateway().connect(new Principal("late", Map.of()), new FakeConnection()))
                .isEqualTo(new ClientGateway.Admission.Refused(CloseReason.RESTARTING));
    }
}
