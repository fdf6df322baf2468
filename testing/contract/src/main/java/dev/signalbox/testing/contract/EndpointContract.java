package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.Address;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Logic;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.testing.contract.TestClient.Event;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every endpoint must do, whatever its transport: this and all that it extends. Subclass it, and supply the endpoint and
 * a client for it.
 */
@Timeout(60)
public abstract class EndpointContract extends EndpointAnswerContract {
    private static final int BATCH = 10;

    @Test
    void anOversizedFrameEndsTheConnection() {
        TestClient alice = client("alice");
        alice.send(Optional.empty(), List.of("logic:echo"), text("x".repeat(200 << 10)));

        assertThat(alice.next()).isEqualTo(new Event.Closed(CloseReason.TOO_LARGE));
    }

    @Test
    void rubbishEndsTheConnection() {
        TestClient alice = client("alice");
        TestClient bob = client("bob");
        alice.sendRubbish();

        assertThat(alice.next()).isEqualTo(new Event.Closed(CloseReason.MALFORMED));
        bob.send(Optional.empty(), List.of("logic:echo"), text("unaffected"));
        assertThat(nextText(bob)).isEqualTo("unaffected");
    }

    @Test
    void tooManyMessagesASecondEndTheConnection() {
        reopen(RouterOptions.defaults(), EndpointSettings.DEFAULT.withMaxMessagesPerSecond(5));
        TestClient alice = client("alice");
        router.add("sink", Logic.dispatched((message, context) -> {}));
        for (int i = 0; i < 7; i++) {
            alice.send(Optional.empty(), List.of("logic:sink"), text("x"));
        }
        assertThat(alice.next()).isEqualTo(new Event.Closed(CloseReason.TOO_FAST));
    }

    @Test
    void aSilentConnectionEnds() {
        reopen(RouterOptions.defaults(), EndpointSettings.DEFAULT.withIdle(Duration.ofSeconds(2)));
        TestClient alive = client("alive");
        TestClient dead = client("dead");
        dead.stopReading();

        await().atMost(SOON).until(() -> listener.disconnected().get("dead") == CloseReason.IDLE);
        // Its client answers pings by itself.
        assertThat(router.sessions("alive")).hasSize(1);
        send(Address.client("alive"), text("hello"));
        assertThat(nextText(alive)).isEqualTo("hello");
    }

    @Test
    void aSlowConsumerIsDisconnectedAndHoldsNobodyUp() {
        TestClient slow = client("slow");
        TestClient healthy = client("healthy");
        slow.stopReading();

        String kilobytes = "x".repeat(16 << 10);
        int sent = 0;
        while (!listener.disconnected().containsKey("slow") && sent < 5_000) {
            send(Address.ALL, text(kilobytes));
            assertThat(nextText(healthy)).isEqualTo(kilobytes);
            sent++;
        }
        assertThat(listener.disconnected()).containsEntry("slow", CloseReason.SLOW_CONSUMER);
        assertThat(router.sessions("healthy")).hasSize(1);
        // Once it reads again, it finds what was sent before, and why no more follows.
        slow.startReading();
        Event last = slow.next();
        while (last instanceof Event.Incoming) {
            last = slow.next();
        }
        assertThat(last).isEqualTo(new Event.Closed(CloseReason.SLOW_CONSUMER));
    }

    /** Each broadcast is another, so that bytes of one in the place of another's are seen. */
    @Test
    void slowReadersGetEveryByteOfDifferentBroadcastsAsItWasSent() {
        reopen(RouterOptions.defaults(), EndpointSettings.DEFAULT.withMaxOutboundBytes(64 << 20));
        List<TestClient> slow = List.of(client("slow0"), client("slow1"), client("slow2"));
        TestClient healthy = client("healthy");
        slow.forEach(TestClient::stopReading);
        int batches = 100;
        for (int batch = 0; batch < batches; batch++) {
            for (int i = batch * BATCH; i < (batch + 1) * BATCH; i++) {
                send(Address.ALL, text(broadcast(i)));
                // In order with the broadcasts, so that these reach each reader in pieces of its own.
                send(Address.client("slow" + i % slow.size()), text("direct " + i));
            }
            // No further ahead than the endpoint lets broadcasts wait.
            readBatch(healthy, batch, -1);
        }
        slow.forEach(TestClient::startReading);
        for (int batch = 0; batch < batches; batch++) {
            for (int s = 0; s < slow.size(); s++) {
                readBatch(slow.get(s), batch, s);
            }
        }
    }

    private static void readBatch(TestClient client, int batch, int number) {
        for (int i = batch * BATCH; i < (batch + 1) * BATCH; i++) {
            assertThat(nextText(client)).isEqualTo(broadcast(i));
            if (i % 3 == number) {
                assertThat(nextText(client)).isEqualTo("direct " + i);
            }
        }
    }

    private static String broadcast(int i) {
        return (i + ",").repeat(1 + i * 37 % 6_000);
    }
}
