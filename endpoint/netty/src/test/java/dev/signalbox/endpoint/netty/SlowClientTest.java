package dev.signalbox.endpoint.netty;

import static dev.signalbox.endpoint.netty.RawClient.FIN;
import static dev.signalbox.endpoint.netty.RawClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that take their time: some have a slow line, and some want to hold what they do not need. */
class SlowClientTest extends WireFixture {
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final String ECHO = "{\"type\":\"send\",\"to\":\"client:alice\",\"text\":\"";

    private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stop() {
        ticks.shutdownNow();
    }

    /** Writes pieces of {@code bytes} at regular times, until all is written or the server hangs up. */
    private void drip(RawClient client, byte[] bytes, int size, Duration period) {
        AtomicInteger at = new AtomicInteger();
        ScheduledFuture<?> _ = ticks.scheduleAtFixedRate(
                () -> {
                    int from = at.getAndAdd(size);
                    try {
                        if (from < bytes.length) {
                            client.send(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size)));
                        }
                    } catch (IOException e) {
                        // Cut off, as it has to be: no further turns.
                        throw new IllegalStateException(e);
                    }
                },
                0,
                period.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private static WebSocketOptions options(int minRate) {
        return idle(limits(512 << 10, 100, 100, 1_000, minRate), Duration.ofSeconds(30), IDLE);
    }

    @ParameterizedTest
    @EnumSource
    void aLongUploadOverASlowLineIsNotIdle(Transport transport) throws IOException {
        open(transport, options(1 << 10));
        RawClient client = client("alice");
        String text = "x".repeat(120 << 10);
        byte[] upload = RawClient.frame(FIN | TEXT, ECHO + text + "\"}");
        // 40 KiB a second: three times the idle timeout.
        drip(client, upload, 4 << 10, Duration.ofMillis(100));

        RawClient.Received received = client.next();
        while (received.opcode() == RawClient.PING) {
            received = client.next();
        }
        assertThat(received.json().get("text").asString()).isEqualTo(text);
    }

    @ParameterizedTest
    @EnumSource
    void aMessageThatDripsInIsCutOff(Transport transport) throws IOException {
        open(transport, options(1 << 10));
        RawClient client = client("alice");
        drip(client, RawClient.frame(FIN | TEXT, ECHO + "x".repeat(10_000)), 1, Duration.ofMillis(50));

        assertThat(client.closeCode()).isEqualTo(4411);
    }

    @ParameterizedTest
    @EnumSource
    void fragmentsThatDripInAreCutOffWhateverComesBetweenThem(Transport transport) throws IOException {
        open(transport, options(1 << 10));
        RawClient client = client("alice");
        byte[] begun = RawClient.frame(TEXT, ECHO);
        byte[] more = RawClient.frame(RawClient.CONTINUATION, "x");
        byte[] ping = RawClient.frame(FIN | RawClient.PING, "");
        client.send(begun);
        byte[] round = Arrays.copyOf(more, more.length + ping.length);
        System.arraycopy(ping, 0, round, more.length, ping.length);
        byte[] rounds = new byte[round.length * 1_000];
        for (int i = 0; i < rounds.length; i++) {
            rounds[i] = round[i % round.length];
        }
        drip(client, rounds, round.length, Duration.ofMillis(50));

        assertThat(client.closeCode()).isEqualTo(4411);
    }

    @ParameterizedTest
    @EnumSource
    void manySmallMessagesAreNotOneSlowOne(Transport transport) throws IOException {
        open(transport, options(1 << 10));
        RawClient client = client("alice");
        byte[] command = RawClient.frame(FIN | TEXT, ECHO + "hello\"}");
        byte[] all = new byte[command.length * 30];
        for (int i = 0; i < all.length; i++) {
            all[i] = command[i % command.length];
        }
        // Each piece ends in the middle of a message: one is always under way.
        drip(client, all, command.length - 1, Duration.ofMillis(100));

        for (int i = 0; i < 29; i++) {
            RawClient.Received received = client.next();
            assertThat(received.opcode()).isEqualTo(TEXT);
            assertThat(received.text()).contains("hello");
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutAMinimumAMessageMayTakeAsLongAsItLikes(Transport transport) throws IOException {
        open(transport, options(0));
        RawClient client = client("alice");
        byte[] command = RawClient.frame(FIN | TEXT, ECHO + "hello\"}");
        drip(client, command, 2, Duration.ofMillis(80));

        RawClient.Received received = client.next();
        while (received.opcode() == RawClient.PING) {
            received = client.next();
        }
        assertThat(received.text()).contains("hello");
    }

    @ParameterizedTest
    @EnumSource
    void aSilentClientIsPingedThenCutOff(Transport transport) throws IOException {
        open(transport, options(0));
        var received = client("alice").untilClosed();

        assertThat(received).hasSize(2);
        assertThat(received.getFirst().opcode()).isEqualTo(RawClient.PING);
        assertThat(received.getLast().code()).isEqualTo(4410);
    }

    @ParameterizedTest
    @EnumSource
    void aBrowserSeesPingsThatAreMessages(Transport transport) throws IOException {
        open(transport, options(0));
        RawClient client = dial().connect("alice", "&ping=json");
        for (int i = 0; i < 4; i++) {
            assertThat(client.next().text()).isEqualTo("{\"type\":\"ping\"}");
            client.send(RawClient.frame(FIN | TEXT, "{\"type\":\"pong\"}"));
        }
        assertThat(router().sessions("alice")).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void aHeadThatDripsInIsCutOff(Transport transport) throws IOException {
        open(transport, idle(OPTIONS, IDLE, Duration.ofMinutes(1)));
        RawClient client = dial();
        byte[] head = ("GET /ws HTTP/1.1\r\nCookie: " + "x".repeat(10_000)).getBytes(StandardCharsets.US_ASCII);
        drip(client, head, 1, Duration.ofMillis(50));

        client.awaitEnd();
        await().atMost(SOON).untilAsserted(() -> assertThat(faults).containsExactly(Fault.HANDSHAKE_TIMEOUT));
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE_TLS", "NIO_TLS"})
    void aTlsHandshakeThatIsNeverBegunIsCutOff(Transport transport) throws IOException {
        open(transport, idle(OPTIONS, IDLE, Duration.ofMinutes(1)));
        keep(new RawClient(new Socket(InetAddress.getLoopbackAddress(), port())))
                .awaitEnd();

        await().atMost(SOON).untilAsserted(() -> assertThat(faults).containsExactly(Fault.HANDSHAKE_TIMEOUT));
    }
}
