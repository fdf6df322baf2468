package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.SOON;
import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.get;
import static dev.signalbox.router.RouterFixture.text;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** No client can use up what belongs to the node, or disconnect another by what it sends. */
class QuotaTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int PER_USER = 10;

    private final RouterFixture fixture = new RouterFixture(RouterOptions.defaults()
            .withPending(new RouterOptions.Pending(PER_USER, 100_000))
            .withMaxRequests(40)
            .withAcknowledgements(new RouterOptions.Acknowledgements(1_000, 4 << 20, 40, 1 << 20)));
    private final Router router = fixture.router;

    @AfterEach
    void close() {
        fixture.close();
    }

    private ClientSession connect(String user) {
        return fixture.endpoint.connect(user, new FakeConnection());
    }

    private static void assertFailed(CompletionStage<?> stage, ErrorCode code) {
        assertThat(stage.toCompletableFuture())
                .failsWithin(SOON)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOfSatisfying(
                        RequestException.class,
                        e -> assertThat(e.error().code()).isEqualTo(code));
    }

    private static void assertRejected(CompletionStage<AckResult> result, ErrorCode code) {
        assertThat(get(result))
                .isInstanceOfSatisfying(
                        AckResult.Rejected.class,
                        rejected -> assertThat(rejected.error().code()).isEqualTo(code));
    }

    @Test
    void oneUsersRequestsAreBoundedOverAllSessionsAndEndWithEach() {
        ClientSession one = connect("alice");
        ClientSession two = connect("alice");
        List<CompletionStage<Message>> ofOne = new ArrayList<>();
        List<CompletionStage<Message>> ofTwo = new ArrayList<>();
        for (int i = 0; i < PER_USER / 2; i++) {
            ofOne.add(one.request(draft(Address.client("alice"), "?"), HOUR));
            ofTwo.add(two.request(draft(Address.client("alice"), "?"), HOUR));
        }
        assertFailed(one.request(draft(Address.client("alice"), "?"), HOUR), ErrorCode.OVERLOADED);
        one.disconnected(CloseReason.GONE);

        ofOne.forEach(each -> assertFailed(each, ErrorCode.CLOSING));
        assertThat(ofTwo)
                .allSatisfy(each -> assertThat(each.toCompletableFuture()).isNotDone());
        assertThat(two.request(draft(Address.client("alice"), "?"), HOUR).toCompletableFuture())
                .isNotDone();
    }

    @Test
    void whatASessionWaitsToHaveAcknowledgedEndsWithItAndIsSentNoMore() {
        ClientSession mallory = connect("mallory");
        List<CompletionStage<AckResult>> waiting = new ArrayList<>();
        for (int i = 0; i < PER_USER; i++) {
            waiting.add(mallory.sendAcknowledged(draft(Address.client("absent" + i), "x"), HOUR));
        }
        assertRejected(mallory.sendAcknowledged(draft(Address.client("absent"), "x"), HOUR), ErrorCode.OVERLOADED);
        mallory.disconnected(CloseReason.GONE);

        waiting.forEach(each -> assertRejected(each, ErrorCode.CLOSING));
        FakeConnection late = new FakeConnection();
        fixture.endpoint.connect("absent0", late);
        assertThat(late.offered).isEmpty();
    }

    @Test
    void theBytesOfOneUserAreBoundedToo() {
        ClientSession mallory = connect("mallory");
        String large = "x".repeat(60_000);

        assertThat(mallory.sendAcknowledged(draft(Address.client("a"), large), HOUR)
                        .toCompletableFuture())
                .isNotDone();
        assertRejected(mallory.sendAcknowledged(draft(Address.client("b"), large), HOUR), ErrorCode.OVERLOADED);
    }

    @Test
    void whateverClientsWaitForTheServersOwnCodeGoesOn() {
        List<ClientSession> crowd = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ClientSession each = connect("c" + i);
            crowd.add(each);
            for (int n = 0; n < PER_USER / 2; n++) {
                var _ = each.request(draft(Address.client("c" + i), "?"), HOUR);
                var _ = each.sendAcknowledged(draft(Address.client("absent"), "x"), HOUR);
            }
        }
        assertFailed(crowd.getLast().request(draft(Address.client("c0"), "?"), HOUR), ErrorCode.OVERLOADED);
        for (int i = 0; i < 20; i++) {
            assertThat(router.request(to(Address.client("c0"), "?"), HOUR).toCompletableFuture())
                    .isNotDone();
            assertThat(router.sendAcknowledged(to(Address.client("absent"), "x"), HOUR)
                            .toCompletableFuture())
                    .isNotDone();
        }
        assertFailed(router.request(to(Address.client("c0"), "?"), HOUR), ErrorCode.OVERLOADED);
    }

    @Test
    void boundsCountHeadersToo() {
        Message message = to(Address.client("absent"), "x").withHeader("h", "x".repeat(8_000));
        int accepted = 0;
        while (accepted < 40
                && !router.sendAcknowledged(message.withId(MessageId.next()), HOUR)
                        .toCompletableFuture()
                        .isDone()) {
            accepted++;
        }
        assertThat(accepted).isEqualTo(40);
        try (RouterFixture small = new RouterFixture(RouterOptions.defaults()
                .withAcknowledgements(new RouterOptions.Acknowledgements(1_000, 4 << 20, 1_000, 100_000)))) {
            int fit = 0;
            while (!small.router
                    .sendAcknowledged(message.withId(MessageId.next()), HOUR)
                    .toCompletableFuture()
                    .isDone()) {
                fit++;
            }
            assertThat(fit).as("of 8,000 bytes in 100,000").isBetween(10, 12);
        }
    }

    @Test
    void aRequestEndsAtOnceWhenTheOtherSideIsGone() {
        ClientSession asker = connect("asker");
        ClientSession one = connect("bob");
        ClientSession two = connect("bob");
        CompletionStage<Message> toBob = asker.request(draft(Address.client("bob"), "?"), HOUR);
        CompletionStage<Message> toOne = router.request(to(one.info().address(), "?"), HOUR);

        one.disconnected(CloseReason.GONE);
        assertFailed(toOne, ErrorCode.UNKNOWN_CLIENT);
        assertThat(toBob.toCompletableFuture()).isNotDone();
        two.disconnected(CloseReason.GONE);
        assertFailed(toBob, ErrorCode.UNKNOWN_CLIENT);
    }

    /** Each of these characters takes six bytes in JSON. */
    @Test
    void whatIsTooLargeOnceEncodedIsRefusedToItsSender() {
        try (RouterFixture wide = new RouterFixture(RouterOptions.defaults().withMaxPayloadBytes(1 << 20))) {
            FakeConnection bob = new FakeConnection();
            wide.endpoint.connect("bob", bob);
            ClientSession mallory = wide.endpoint.connect("mallory", new FakeConnection());

            assertThat(mallory.send(draft(Address.client("bob"), "\b".repeat(700_000)))
                            .errors())
                    .singleElement()
                    .satisfies(error -> {
                        assertThat(error.code()).isEqualTo(ErrorCode.TOO_LARGE);
                        assertThat(error.message()).contains("4200000 bytes", "2097152 allowed", "JSON");
                    });
            assertThat(mallory.send(draft(Address.client("bob"), "\"".repeat(1 << 20)))
                            .complete())
                    .isTrue();
            assertThat(bob.closed).hasNullValue();
            assertThat(bob.offered).hasSize(1);
        }
    }

    @Test
    void aReplyOverTheLimitIsToldToTheAsker() {
        try (RouterFixture small = new RouterFixture(RouterOptions.defaults().withMaxPayloadBytes(10))) {
            small.router.add(
                    "large", Logic.dispatched((message, context) -> context.reply(message, text("x".repeat(11)))));
            assertFailed(small.router.request(to(Address.logic("large"), "?"), HOUR), ErrorCode.TOO_LARGE);
            ClientSession bob = small.endpoint.connect("bob", new FakeConnection());
            Message question = to(Address.client("bob"), "?");
            CompletionStage<Message> reply = small.router.request(question, HOUR);
            bob.reply(question.id(), text("x".repeat(11)), Map.of());
            assertFailed(reply, ErrorCode.TOO_LARGE);
        }
    }

    @Test
    void middlewareThatReturnsNullRejectsAndIsNamed() {
        ClientSession alice = connect("alice");
        router.onReceive(message -> nothing());

        assertThat(alice.send(draft(Address.client("alice"), "x")).errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.REJECTED);
        assertFailed(alice.request(draft(Address.client("alice"), "x"), HOUR), ErrorCode.REJECTED);
        assertThat(fixture.listener.events)
                .contains("logicFailed middleware middleware returned null; it must accept or reject the message");
    }

    @SuppressWarnings("NullAway") // what others write is not checked
    private static Decision nothing() {
        return null;
    }
}
