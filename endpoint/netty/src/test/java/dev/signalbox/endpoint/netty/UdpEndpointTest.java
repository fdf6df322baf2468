package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import dev.signalbox.router.Address;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.testing.services.Effort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * Clients over UDP. The contract of all endpoints promises delivery, which datagrams do not: what of it holds here is below.
 */
@Timeout(60)
class UdpEndpointTest {
    private final Router router = Router.create(RouterOptions.defaults().withDrain(Duration.ZERO));
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        router.close();
    }

    private int open(Transport transport, UdpOptions options) {
        router.authorize((principal, operation, address) -> true);
        router.add("echo", Logic.worker((message, context) -> context.reply(message, message.payload())));
        Endpoint endpoint = UdpEndpoint.create(
                transport.loops(),
                options,
                token -> token.equals("bad") ? Optional.empty() : Optional.of(new Principal(token, Map.of())),
                faults::add);
        router.attach(endpoint);
        return endpoint.address().getPort();
    }

    private int open() {
        return open(Transport.NATIVE, UdpOptions.on(ListenerOptions.on(0)));
    }

    private static ListenerOptions listener(int connections, int messages, Duration idle) {
        ListenerOptions defaults = ListenerOptions.on(0);
        ListenerOptions.Limits limits = defaults.limits();
        return defaults.withLimits(new ListenerOptions.Limits(
                        limits.maxFrameBytes(), limits.maxOutboundBytes(), connections, connections, messages, 0))
                .withTimeouts(new ListenerOptions.Timeouts(
                        Duration.ofSeconds(5), Duration.ofSeconds(5), idle, Duration.ofMillis(100)));
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE", "NIO"})
    void messagesRequestsAndTopicsWork(Transport transport) {
        int port = open(transport, UdpOptions.on(ListenerOptions.on(0)));
        try (UdpClient alice = UdpClient.welcomed(port, "alice");
                UdpClient bob = UdpClient.welcomed(port, "bob")) {
            alice.say("{\"type\":\"request\",\"id\":\"1\",\"to\":\"logic:echo\",\"text\":\"hello\"}");
            assertThat(alice.next("reply").get("text").asString()).isEqualTo("hello");

            bob.say("{\"type\":\"subscribe\",\"id\":\"2\",\"topic\":\"news\"}");
            JsonNode subscribed = bob.next("ok");
            assertThat(subscribed.get("offset").asLong()).isZero();
            // Several frames in one datagram.
            alice.say("{\"type\":\"publish\",\"topic\":\"news\",\"text\":\"m1\"}"
                    + "{\"type\":\"publish\",\"topic\":\"news\",\"text\":\"m2\"}");
            assertThat(bob.next("message").get("offset").asLong()).isEqualTo(1);
            assertThat(bob.next("message").get("offset").asLong()).isEqualTo(2);

            var acked = router.sendAcknowledged(
                    Message.of(Address.logic("server"), Address.client("bob"), Payload.text("sign")),
                    Duration.ofSeconds(20));
            bob.say("{\"type\":\"ack\",\"id\":\""
                    + bob.next("message").get("id").asString() + "\"}");
            assertThat(acked.toCompletableFuture()
                            .orTimeout(20, TimeUnit.SECONDS)
                            .join()
                            .toString())
                    .contains("Acked");
        }
    }

    /** Nobody can have us send more to somebody than they sent, or anything but a key. */
    @Test
    void anAddressThatHasNotShownAKeyGetsNoMoreThanItSent() {
        int port = open();
        try (UdpClient known = UdpClient.welcomed(port, "known");
                UdpClient stranger = new UdpClient(port)) {
            stranger.send("\n" + " ".repeat(UdpHandler.MIN_QUESTION - 2));
            stranger.send("{\"type\":\"auth\",\"token\":\"alice\"}");
            stranger.send("no-such-key\n{\"type\":\"auth\",\"token\":\"alice\"}");
            stranger.send(known.key() + "\n{\"type\":\"auth\",\"token\":\"alice\"}");
            stranger.send("");
            stranger.assertNothingBefore(known);

            stranger.askForKey();
            assertThat(stranger.largest()).isPositive().isLessThanOrEqualTo(UdpHandler.MIN_QUESTION);
            assertThat(router.connected()).isEqualTo(1);
        }
    }

    /** As the network may bring it twice, or somebody send it again who has read it. */
    @Test
    void aDatagramThatOpenedASessionOpensNoOtherOne() {
        int port = open();
        String auth = "{\"type\":\"auth\",\"token\":\"alice\"}";
        try (UdpClient alice = UdpClient.welcomed(port, "alice");
                UdpClient witness = UdpClient.welcomed(port, "witness")) {
            String first = alice.key();
            alice.say("");
            await().until(() -> router.sessions("alice").isEmpty());
            alice.say(auth);
            alice.assertNothingBefore(witness);
            assertThat(router.sessions("alice")).isEmpty();

            alice.askForKey();
            assertThat(alice.key()).isNotEqualTo(first);
            alice.say(auth);
            alice.next("welcome");
            // A late one of the session before neither ends this one nor is heard in it.
            alice.send(first + "\n" + auth);
            alice.send(first + "\n");
            alice.assertNothingBefore(witness);
            assertThat(router.sessions("alice")).hasSize(1);
        }
    }

    /** What comes from the client's address without its key is not the client's. */
    @Test
    void aForgedDatagramIsIgnored() {
        int port = open();
        try (UdpClient alice = UdpClient.welcomed(port, "alice")) {
            alice.send(
                    "01234567890123456789012345678901\n{\"type\":\"send\",\"to\":\"client:alice\",\"text\":\"forged\"}");
            alice.say("{\"type\":\"send\",\"to\":\"client:alice\",\"text\":\"mine\"}");
            assertThat(alice.next("message").get("text").asString()).isEqualTo("mine");
        }
    }

    @Test
    void nothingIsSentBeyondADatagramAndTheClientIsTold() {
        int port = open();
        try (UdpClient alice = UdpClient.welcomed(port, "alice")) {
            for (int i = 0; i < 20; i++) {
                send("alice", "x".repeat(300));
            }
            for (int i = 0; i < 20; i++) {
                alice.next("message");
            }
            assertThat(alice.largest()).isBetween(600, 1_200);
            send("alice", "x".repeat(1_200));
            assertThat(alice.next("error").get("code").asString()).isEqualTo("too-large");
            send("alice", "after");
            assertThat(alice.next("message").get("text").asString()).isEqualTo("after");
            // One that is too large is not read, and its client stays.
            alice.say("{\"type\":\"send\",\"to\":\"client:alice\",\"text\":\"" + "y".repeat(1_200) + "\"}");
            alice.say("{\"type\":\"ping\",\"id\":\"still there\"}");
            assertThat(alice.next("pong").get("id").asString()).isEqualTo("still there");
        }
    }

    private void send(String client, String text) {
        assertThat(router.send(Message.of(Address.logic("server"), Address.client(client), Payload.text(text)))
                        .errors())
                .isEmpty();
    }

    @Test
    void aWrongTokenRubbishAndTooManyMessagesEndIt() {
        int port = open(Transport.NATIVE, UdpOptions.on(listener(100, 5, Duration.ofSeconds(60))));
        try (UdpClient bad = new UdpClient(port);
                UdpClient rubbish = UdpClient.welcomed(port, "rubbish");
                UdpClient hasty = UdpClient.welcomed(port, "hasty")) {
            bad.askForKey();
            bad.say("{\"type\":\"auth\",\"token\":\"bad\"}");
            assertThat(bad.next("close").get("code").asInt()).isEqualTo(4401);
            rubbish.say("no json");
            assertThat(rubbish.next("close").get("code").asInt()).isEqualTo(4400);
            for (int i = 0; i < 7; i++) {
                hasty.say("{\"type\":\"ack\",\"id\":\"00000000-0000-7000-8000-000000000000\"}");
            }
            assertThat(hasty.next("close").get("code").asInt()).isEqualTo(4429);
            await().until(() -> router.connected() == 0);
        }
    }

    @Test
    void aClientGoesWithAGoodbyeOrWhenItIsSilent() {
        int port = open(Transport.NATIVE, UdpOptions.on(listener(100, 1_000, Duration.ofSeconds(2))));
        try (UdpClient polite = UdpClient.welcomed(port, "polite");
                UdpClient silent = UdpClient.welcomed(port, "silent")) {
            polite.say("");
            await().until(() -> router.sessions("polite").isEmpty());
            silent.next("ping");
            assertThat(silent.next("close").get("code").asInt()).isEqualTo(4410);
            await().until(() -> router.connected() == 0);
            // Its key has ended with it: what still comes is not answered, unless it begins anew.
            silent.askForKey();
            silent.say("{\"type\":\"auth\",\"token\":\"silent\"}");
            silent.next("welcome");
        }
    }

    @Test
    void thereAreNoMoreClientsThanMayBe() {
        int port = open(Transport.NATIVE, UdpOptions.on(listener(1, 1_000, Duration.ofSeconds(60))));
        try (UdpClient first = UdpClient.welcomed(port, "first");
                UdpClient second = new UdpClient(port)) {
            second.askForKey();
            second.say("{\"type\":\"auth\",\"token\":\"second\"}");
            second.assertNothingBefore(first);
            assertThat(faults).isNotEmpty();
            first.say("");
            await().until(() -> router.connected() == 0);
            second.say("{\"type\":\"auth\",\"token\":\"second\"}");
            second.next("welcome");
        }
    }

    @Test
    void theEndOfTheEndpointIsToldToItsClients() {
        int port = open();
        try (UdpClient alice = UdpClient.welcomed(port, "alice")) {
            router.close();
            assertThat(alice.next("close").get("code").asInt()).isEqualTo(1012);
        }
    }

    /** In the long form, more of them than the outbox closes at a time. */
    @Test
    void theEndOfTheEndpointIsToldToAllOfMany() {
        int count = Effort.of(200, 6_000);
        int port = open(Transport.NATIVE, UdpOptions.on(listener(count, 1_000, Duration.ofMinutes(10))));
        List<UdpClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                clients.add(UdpClient.welcomed(port, "client-" + i));
            }
            router.close();
            clients.forEach(client ->
                    assertThat(client.next("close").get("code").asInt()).isEqualTo(1012));
        } finally {
            clients.forEach(UdpClient::close);
        }
    }

    @Test
    void whatIsNotToBeHadOverUdpIsRefused() {
        ListenerOptions listener = ListenerOptions.on(0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new UdpOptions(listener, 100))
                .withMessageContaining("maxDatagramBytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UdpOptions.on(listener.at(new ListenerOptions.UnixSocket(Path.of("/s"), Set.of()))))
                .withMessageContaining("Unix socket");
        ListenerOptions.Tls tls = new ListenerOptions.Tls(Path.of("c"), Path.of("k"), Optional.empty());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UdpOptions.on(listener.withTls(tls)))
                .withMessageContaining("TLS");
    }
}
