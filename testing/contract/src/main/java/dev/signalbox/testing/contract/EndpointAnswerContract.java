package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.AckResult;
import dev.signalbox.router.Address;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.RequestException;
import dev.signalbox.testing.contract.TestClient.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Requests and their replies, messages and their acknowledgements. */
abstract class EndpointAnswerContract extends EndpointTopicContract {
    /** Longer than a test takes. */
    private static final Duration LONG = Duration.ofHours(1);

    @Test
    void aRequestToLogicGetsItsReply() {
        TestClient alice = client("alice");
        alice.request("q1", "logic:echo", text("ping"), SOON);

        assertThat(alice.next()).isEqualTo(new Event.Replied("q1", "logic:echo", text("ping")));
    }

    @Test
    void aRequestToAnotherClientGetsItsReply() {
        TestClient alice = client("alice");
        TestClient bob = client("bob");

        alice.request("q1", "client:bob", text("how are you?"), SOON);
        Event.Asked asked = next(bob, Event.Asked.class);
        bob.reply(asked.id(), text("fine"));
        assertThat(alice.next()).isEqualTo(new Event.Replied("q1", "client:bob", text("fine")));

        bob.reply(asked.id(), text("twice"));
        assertThat(next(bob, Event.Failed.class).code()).isEqualTo("unknown-request");
    }

    @Test
    void aClientMayRefuseARequest() {
        TestClient alice = client("alice");
        TestClient bob = client("bob");

        alice.request("q1", "client:bob", text("how are you?"), LONG);
        bob.refuse(next(bob, Event.Asked.class).id(), "none of your business");
        assertThat(next(alice, Event.Failed.class)).satisfies(failed -> {
            assertThat(failed.id()).contains("q1");
            assertThat(failed.code()).isEqualTo("rejected");
            assertThat(failed.message()).contains("none of your business");
        });
    }

    /** Both are told: who asked need not wait until the time is up. */
    @Test
    void aReplyAboveTheLimitOfPayloadsFailsTheRequest() {
        TestClient alice = client("alice");
        TestClient bob = client("bob");

        alice.request("q1", "client:bob", text("all of it?"), LONG);
        bob.reply(next(bob, Event.Asked.class).id(), text("x".repeat(50 << 10)));
        assertThat(next(bob, Event.Failed.class).code()).isEqualTo("too-large");
        assertThat(next(alice, Event.Failed.class))
                .satisfies(failed -> assertThat(failed.id()).contains("q1"))
                .satisfies(failed -> assertThat(failed.code()).isEqualTo("too-large"));
    }

    /** Also if the client is back by then: its new session was not asked. */
    @Test
    void aReplyThatEndsItsConnectionFailsTheRequest() {
        TestClient alice = client("alice");
        TestClient bob = client("bob");

        alice.request("q1", "client:bob", text("all of it?"), LONG);
        Event.Asked asked = next(bob, Event.Asked.class);
        client("bob");
        bob.reply(asked.id(), text("x".repeat(200 << 10)));
        assertThat(next(alice, Event.Failed.class)).satisfies(failed -> {
            assertThat(failed.id()).contains("q1");
            assertThat(failed.code()).isEqualTo("unknown-client");
            assertThat(failed.message()).contains("more in one message than it may");
        });
    }

    @Test
    void nobodyAnswersForSomebodyElse() {
        TestClient bob = client("bob");
        TestClient mallory = client("mallory");
        CompletionStage<Message> reply =
                router.request(Message.of(SERVER, Address.client("bob"), text("secret?")), SOON);

        Event.Asked asked = next(bob, Event.Asked.class);
        mallory.reply(asked.id(), text("forged"));
        assertThat(next(mallory, Event.Failed.class).code()).isEqualTo("unknown-request");
        bob.reply(asked.id(), text("true"));
        assertThat(get(reply).payload()).isEqualTo(text("true"));
    }

    @Test
    void aRequestWithoutAReplyTimesOut() {
        router.add("silent", Logic.dispatched((message, context) -> {}));
        TestClient alice = client("alice");

        alice.request("q1", "logic:silent", text("?"), Duration.ofMillis(100));
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("timeout");
    }

    @Test
    void aRequestToFailingLogicFailsAtOnce() {
        router.add("failing", Logic.dispatched((message, context) -> {
            throw new IllegalStateException("broken");
        }));
        TestClient alice = client("alice");

        alice.request("q1", "logic:failing", text("?"), SOON);
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("logic-failed");
        assertThat(router.request(Message.of(SERVER, Address.client("nobody"), text("?")), SOON))
                .failsWithin(SOON)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(RequestException.class);
    }

    @Test
    void anAcknowledgedMessageIsDone() {
        TestClient alice = client("alice");
        CompletionStage<AckResult> result = ask("alice", "important", SOON);

        Event.Incoming incoming = next(alice, Event.Incoming.class);
        assertThat(incoming.acknowledge()).isTrue();
        alice.acknowledge(incoming.id());
        assertThat(get(result)).isEqualTo(new AckResult.Acked());
    }

    private CompletionStage<AckResult> ask(String client, String text, Duration within) {
        return router.sendAcknowledged(Message.of(SERVER, Address.client(client), text(text)), within);
    }

    @Test
    void aRefusedMessageIsRejectedWithTheReason() {
        TestClient alice = client("alice");
        CompletionStage<AckResult> result = ask("alice", "unwanted", SOON);

        alice.refuse(next(alice, Event.Incoming.class).id(), "no more ads");
        assertThat(get(result))
                .isInstanceOfSatisfying(
                        AckResult.Rejected.class,
                        rejected -> assertThat(rejected.error().message()).contains("no more ads"));
    }

    @Test
    void whatIsNotAcknowledgedComesAgainAfterAReconnect() {
        TestClient first = client("alice");
        CompletionStage<AckResult> one = ask("alice", "one", SOON);
        CompletionStage<AckResult> two = ask("alice", "two", SOON);
        Event.Incoming seen = next(first, Event.Incoming.class);
        next(first, Event.Incoming.class);
        first.acknowledge(seen.id());
        assertThat(get(one)).isEqualTo(new AckResult.Acked());
        first.abort();
        awaitGone("alice");
        CompletionStage<AckResult> three = ask("alice", "three", SOON);

        TestClient second = client("alice");
        for (String expected : List.of("two", "three")) {
            Event.Incoming again = next(second, Event.Incoming.class);
            assertThat(again.payload()).isEqualTo(text(expected));
            second.acknowledge(again.id());
        }
        assertThat(get(two)).isEqualTo(new AckResult.Acked());
        assertThat(get(three)).isEqualTo(new AckResult.Acked());
    }

    @Test
    void aLongListThatWaitsDoesNotOverwhelmTheClientThatComesBack() {
        List<CompletionStage<AckResult>> results = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            results.add(ask("alice", i + " " + "x".repeat(30 << 10), SOON));
        }
        TestClient alice = client("alice");
        for (int i = 0; i < 100; i++) {
            Event.Incoming incoming = next(alice, Event.Incoming.class);
            assertThat(((Payload.Text) incoming.payload()).value()).startsWith(i + " ");
            alice.acknowledge(incoming.id());
        }
        results.forEach(result -> assertThat(get(result)).isEqualTo(new AckResult.Acked()));
    }

    @Test
    void whatNobodyAcknowledgesExpires() {
        client("silent");

        assertThat(get(ask("silent", "x", Duration.ofSeconds(1)))).isEqualTo(new AckResult.Expired(true));
        assertThat(get(ask("absent", "x", Duration.ofMillis(50)))).isEqualTo(new AckResult.Expired(false));
    }

    @Test
    void aClientCanAskAnotherToAcknowledge() {
        TestClient alice = client("alice");
        alice.sendAcknowledged("1", "client:bob", text("later"), SOON);
        TestClient bob = client("bob");

        bob.acknowledge(next(bob, Event.Incoming.class).id());
        assertThat(alice.next()).isEqualTo(new Event.Ok("1"));
        alice.sendAcknowledged("2", "client:nobody", text("never"), Duration.ofMillis(50));
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("timeout");
    }
}
