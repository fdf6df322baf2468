package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.Address;
import dev.signalbox.router.Decision;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.testing.contract.TestClient.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Messages in all directions, their order, and what the sender is told. */
abstract class EndpointMessagingContract extends EndpointAdmissionContract {
    @Test
    void aClientReachesLogicAndLogicTheClient() {
        TestClient alice = client("alice");
        alice.send(Optional.of("1"), List.of("logic:echo"), text("hällo \"wörld\" \u0001 😀"));

        Map<Boolean, List<Event>> events = new HashMap<>();
        for (Event event : List.of(alice.next(), alice.next())) {
            events.computeIfAbsent(event instanceof Event.Ok, key -> new ArrayList<>())
                    .add(event);
        }
        assertThat(events.get(true)).containsExactly(new Event.Ok("1"));
        assertThat(events.get(false)).singleElement().isInstanceOfSatisfying(Event.Incoming.class, incoming -> {
            assertThat(incoming.from()).isEqualTo("logic:echo");
            assertThat(incoming.payload()).isEqualTo(text("hällo \"wörld\" \u0001 😀"));
            assertThat(incoming.acknowledge()).isFalse();
        });
    }

    @Test
    void aClientReachesAnotherAndNobodyElse() {
        TestClient alice = client("alice");
        TestClient bob = client("bob");
        TestClient carol = client("carol");

        alice.send(Optional.empty(), List.of("client:bob"), text("only you"));
        assertThat(next(bob, Event.Incoming.class).from()).isEqualTo("client:alice");
        alice.send(Optional.empty(), List.of("client:carol"), text("after"));
        assertThat(nextText(carol)).isEqualTo("after");
    }

    @Test
    void logicReachesOtherLogic() {
        TestClient alice = client("alice");
        router.add(
                "front",
                Logic.dispatched((message, context) -> context.send(Address.logic("back"), message.payload())));
        router.add(
                "back",
                Logic.worker(
                        (message, context) -> context.send(Address.client("alice"), text(message.source() + "!"))));

        alice.send(Optional.empty(), List.of("logic:front"), text("x"));
        assertThat(nextText(alice)).isEqualTo("logic:front!");
    }

    @Test
    void aListReachesEachOfItsMembersOnce() {
        TestClient alice = client("alice");
        TestClient bob = client("bob");
        client("carol");

        router.send(Message.of(
                SERVER,
                List.of(Address.client("alice"), Address.client("bob"), Address.client("alice")),
                text("you two")));
        send(Address.ALL, text("all"));

        for (TestClient client : List.of(alice, bob)) {
            assertThat(nextText(client)).isEqualTo("you two");
            assertThat(nextText(client)).isEqualTo("all");
        }
    }

    @Test
    void aBroadcastReachesEverybodyInOrderWithWhatElseTheyGet() {
        List<TestClient> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(client("c" + i));
        }
        for (int i = 0; i < 50; i++) {
            send(Address.ALL, text("all " + i));
            send(Address.client("c7"), text("c7 " + i));
        }
        for (int i = 0; i < 50; i++) {
            for (TestClient client : all) {
                assertThat(nextText(client)).isEqualTo("all " + i);
            }
            assertThat(nextText(all.get(7))).isEqualTo("c7 " + i);
        }
    }

    @Test
    void bytesArriveAsTheyWere() {
        TestClient alice = client("alice");
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        alice.send(Optional.empty(), List.of("logic:echo"), Payload.binary(bytes));

        assertThat(next(alice, Event.Incoming.class).payload()).isEqualTo(Payload.binary(bytes));
    }

    @Test
    void theSenderSeesWhatWentWrong() {
        router.add("passive", Logic.passive(context -> {}));
        TestClient alice = client("alice");

        alice.send(Optional.of("1"), List.of("logic:nobody"), text("x"));
        assertThat(next(alice, Event.Failed.class)).satisfies(failed -> {
            assertThat(failed.id()).contains("1");
            assertThat(failed.code()).isEqualTo("unknown-logic");
            assertThat(failed.message()).contains("nobody");
        });
        alice.send(Optional.empty(), List.of("client:nobody"), text("x"));
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("unknown-client");
        alice.send(Optional.of("3"), List.of("logic:passive"), text("x"));
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("passive-logic");
        alice.send(Optional.of("4"), List.of("logic:echo"), text("x".repeat(50 << 10)));
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("too-large");
        alice.send(Optional.of("5"), List.of("nonsense"), text("x"));
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("malformed");
    }

    @Test
    void middlewareRejectsInBothDirectionsAndTheSenderIsTold() {
        TestClient alice = client("alice");
        router.onReceive(message -> isText(message, "in") ? Decision.reject("not in here") : Decision.accept(message));
        router.onSend(message -> isText(message, "out") ? Decision.reject("not out there") : Decision.accept(message));

        alice.send(Optional.of("1"), List.of("logic:echo"), text("in"));
        assertThat(next(alice, Event.Failed.class))
                .isEqualTo(new Event.Failed(Optional.of("1"), "rejected", "not in here"));
        alice.send(Optional.of("2"), List.of("client:alice"), text("out"));
        assertThat(next(alice, Event.Failed.class))
                .isEqualTo(new Event.Failed(Optional.of("2"), "rejected", "not out there"));
        alice.send(Optional.empty(), List.of("client:alice"), text("fine"));
        assertThat(nextText(alice)).isEqualTo("fine");
    }

    private static boolean isText(Message message, String value) {
        return message.payload().equals(text(value));
    }

    @Test
    void eachSendersMessagesKeepTheirOrder() {
        TestClient receiver = client("receiver");
        int senders = 4;
        int each = 300;
        List<CompletableFuture<Void>> sending = new ArrayList<>();
        for (int s = 0; s < senders; s++) {
            TestClient sender = client("s" + s);
            sending.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < each; i++) {
                    sender.send(Optional.empty(), List.of("client:receiver"), text(String.valueOf(i)));
                }
            }));
        }
        Map<String, Integer> expected = new HashMap<>();
        for (int i = 0; i < senders * each; i++) {
            Event.Incoming incoming = next(receiver, Event.Incoming.class);
            int number = expected.merge(incoming.from(), 1, Integer::sum) - 1;
            assertThat(incoming.payload()).isEqualTo(text(String.valueOf(number)));
        }
        sending.forEach(CompletableFuture::join);
    }
}
