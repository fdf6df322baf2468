package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.AckResult;
import dev.signalbox.router.Address;
import dev.signalbox.router.ErrorCode;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.RouteError;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.router.SendReport;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever one client is sent by others, it is not disconnected for it; what does not fit is refused to the sender. */
class FloodTest extends WireFixture {
    private static final Address.Logic SERVER = Address.logic("server");
    private static final Address.Client BOB = Address.client("bob");

    private SendReport send(String text) {
        return router().send(Message.of(Address.client("mallory"), BOB, Payload.text(text)));
    }

    /** Each U+0008 takes six bytes in JSON, so this is the largest that is taken, and more than fits beside another. */
    @ParameterizedTest
    @EnumSource(names = {"NATIVE", "NIO_TLS"})
    void aReaderGetsTheLargestThatIsTakenHoweverItIsEncoded(Transport transport) throws IOException {
        open(
                transport,
                limits(3 << 20, 100, 100, 1_000, 0),
                RouterOptions.defaults().withMaxPayloadBytes(1 << 20));
        RawClient bob = client("bob");
        String largest = "\b".repeat((2 << 20) / 6);

        assertThat(send("\b".repeat(700_000)).errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.TOO_LARGE);
        for (int i = 0; i < 5; i++) {
            assertThat(send(largest).complete()).isTrue();
            assertThat(bob.next().json().get("text").asString()).isEqualTo(largest);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE", "NIO_TLS"})
    void whoDoesNotReadKeepsItsConnectionAndTheSenderIsTold(Transport transport) throws IOException {
        open(transport, OPTIONS);
        RawClient bob = client("bob");
        String text = "x".repeat(100_000);
        int taken = 0;
        SendReport report = send(taken + " " + text);
        while (report.complete() && taken < 10_000) {
            taken++;
            report = send(taken + " " + text);
        }
        assertThat(report.errors()).singleElement().extracting(RouteError::code).isEqualTo(ErrorCode.SLOW_CONSUMER);
        // What waits to be acknowledged waits on, and comes by itself once there is room.
        CompletionStage<AckResult> result =
                router().sendAcknowledged(Message.of(SERVER, BOB, Payload.text("last")), Duration.ofMinutes(1));

        for (int i = 0; i < taken; i++) {
            assertThat(bob.next().json().get("text").asString()).startsWith(i + " ");
        }
        var last = bob.next().json();
        assertThat(last.get("text").asString()).isEqualTo("last");
        bob.send(RawClient.frame(
                RawClient.FIN | RawClient.TEXT,
                "{\"type\":\"ack\",\"id\":\"" + last.get("id").asString() + "\"}"));
        assertThat(result.toCompletableFuture()).succeedsWithin(SOON).isEqualTo(new AckResult.Acked());
        assertThat(router().sessions("bob")).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE", "NIO_TLS"})
    void aSubscriberThatLagsGetsTheRestOrAGap(Transport transport) throws IOException {
        open(transport, OPTIONS);
        router().authorize((principal, operation, address) -> true);
        RawClient bob = client("bob");
        bob.send(RawClient.frame(
                RawClient.FIN | RawClient.TEXT, "{\"type\":\"subscribe\",\"id\":\"1\",\"topic\":\"news\"}"));
        assertThat(bob.next().json().get("recovered").asBoolean()).isTrue();
        String text = "x".repeat(10_000);
        int messages = 3_000;
        for (int i = 1; i <= messages; i++) {
            Message message = Message.of(SERVER, Address.topic("news"), Payload.text(i + " " + text));
            // As fast as the event loop takes them, however slowly their subscriber reads.
            if (!router().send(message).complete()) {
                await().atMost(SOON).until(() -> router().send(message).complete());
            }
        }
        long next = 1;
        int gaps = 0;
        while (next <= messages) {
            var frame = bob.next().json();
            if (frame.get("type").asString().equals("gap")) {
                assertThat(frame.get("expected").asLong()).isEqualTo(next);
                next = frame.get("next").asLong();
                gaps++;
            } else {
                assertThat(frame.get("offset").asLong()).isEqualTo(next);
                assertThat(frame.get("text").asString()).startsWith(next + " ");
                next++;
            }
        }
        assertThat(gaps)
                .as("30 MB, of which neither the topic nor the socket keeps all")
                .isPositive();
    }
}
