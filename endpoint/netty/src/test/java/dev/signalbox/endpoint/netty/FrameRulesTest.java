package dev.signalbox.endpoint.netty;

import static dev.signalbox.endpoint.netty.RawClient.BINARY;
import static dev.signalbox.endpoint.netty.RawClient.CONTINUATION;
import static dev.signalbox.endpoint.netty.RawClient.FIN;
import static dev.signalbox.endpoint.netty.RawClient.PING;
import static dev.signalbox.endpoint.netty.RawClient.PONG;
import static dev.signalbox.endpoint.netty.RawClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import dev.signalbox.router.Logic;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What frames may not do, and what they may not bring about. */
class FrameRulesTest extends WireFixture {
    private final Queue<String> handled = new ConcurrentLinkedQueue<>();

    private void openWithLog(Transport transport, WebSocketOptions options) {
        open(transport, options);
        router().add(
                        "log",
                        Logic.worker((message, context) ->
                                handled.add(message.payload().toString())));
    }

    private static byte[] command(String text) {
        return RawClient.frame(FIN | TEXT, "{\"type\":\"send\",\"to\":\"logic:log\",\"text\":\"" + text + "\"}");
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsExecutedAfterTheClientsClose(Transport transport) throws IOException {
        openWithLog(transport, OPTIONS);
        RawClient client = client("alice");
        client.send(command("before"), RawClient.close(1000, ""), command("after"), RawClient.close(1001, ""));

        assertThat(client.closeCode()).isEqualTo(1000);
        await().atMost(SOON).until(() -> router().sessions("alice").isEmpty());
        assertThat(handled).singleElement().asString().contains("before");
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsExecutedAfterAViolation(Transport transport) throws IOException {
        openWithLog(transport, OPTIONS);
        List<byte[]> violations = List.of(
                RawClient.frame(FIN | 0x3, ""),
                RawClient.frame(FIN | CONTINUATION, ""),
                RawClient.frame(FIN | TEXT, new byte[] {(byte) 0xC0, (byte) 0xAF}),
                RawClient.frame(FIN | TEXT, "not JSON"));
        List<Integer> codes = List.of(1002, 1002, 1007, 4400);
        for (int i = 0; i < violations.size(); i++) {
            RawClient client = client("alice" + i);
            client.send(command("before"), violations.get(i), command("after"));
            client.send(RawClient.close(1000, ""));
            assertThat(client.closeCode()).isEqualTo(codes.get(i));
        }
        await().atMost(SOON).until(() -> handled.size() >= violations.size());
        assertThat(handled).hasSize(violations.size()).allMatch(each -> each.contains("before"));
        assertThat(faults).containsOnly(Fault.PROTOCOL).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void aMessageIsTooLargeAsSoonAsItsLengthIsKnown(Transport transport) throws IOException {
        open(transport, limits(64 << 10, 10, 10, 1_000, 0));
        byte[] announced = ByteBuffer.allocate(14)
                .put((byte) (FIN | BINARY))
                .put((byte) 0xFF)
                .putLong((64 << 10) + 1)
                .putInt(0)
                .array();
        RawClient one = client("one");
        one.send(announced);
        assertThat(one.closeCode()).isEqualTo(1009);

        RawClient two = client("two");
        two.send(RawClient.frame(BINARY, new byte[40 << 10]), RawClient.frame(FIN | CONTINUATION, new byte[40 << 10]));
        assertThat(two.closeCode()).isEqualTo(1009);
    }

    @ParameterizedTest
    @EnumSource
    void aLengthThatIsNegativeOrLongerThanNeededIsAViolation(Transport transport) throws IOException {
        open(transport, OPTIONS);
        for (byte[] frame : List.of(
                ByteBuffer.allocate(14)
                        .put((byte) 0x82)
                        .put((byte) 0xFF)
                        .putLong(-1)
                        .array(),
                ByteBuffer.allocate(14)
                        .put((byte) 0x82)
                        .put((byte) 0xFF)
                        .putLong(65_535)
                        .array(),
                ByteBuffer.allocate(8)
                        .put((byte) 0x82)
                        .put((byte) 0xFE)
                        .putShort((short) 125)
                        .array())) {
            RawClient client = client("alice");
            client.send(frame);
            assertThat(client.closeCode()).isEqualTo(1002);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoIsNotAuthenticatedMaySendNoMoreThanAToken(Transport transport) throws IOException {
        open(transport, OPTIONS);
        RawClient client = dial();
        client.upgrade("/ws");
        client.send(RawClient.frame(FIN | TEXT, "x".repeat(100 << 10)));

        assertThat(client.closeCode()).isEqualTo(1009);
    }

    @ParameterizedTest
    @EnumSource
    void pingsCountAgainstTheRateAlsoBeforeAuthentication(Transport transport) throws IOException {
        open(transport, rate(1));
        for (String query : List.of("", "?access_token=alice")) {
            for (int opcode : List.of(PING, PONG)) {
                RawClient client = dial();
                client.upgrade("/ws" + query);
                CompletableFuture<IOException> cutOff = new CompletableFuture<>();
                Thread.ofVirtual()
                        .start(() -> cutOff.complete(floodUntilCutOff(client, RawClient.frame(FIN | opcode, ""))));
                List<RawClient.Received> received = client.untilClosed();
                client.close();
                assertThat(received.getLast().code()).isEqualTo(4429);
                assertThat(received).hasSizeLessThan(8);
                assertThat(cutOff).succeedsWithin(SOON);
            }
        }
    }

    /** Returns the failure by which the connection ended. */
    private static IOException floodUntilCutOff(RawClient client, byte[] frame) {
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        for (int i = 0; i < 1_000; i++) {
            many.writeBytes(frame);
        }
        try {
            while (true) {
                client.send(many.toByteArray());
            }
        } catch (IOException cutOff) {
            return cutOff;
        }
    }

    @ParameterizedTest
    @EnumSource
    void emptyFragmentsCountToo(Transport transport) throws IOException {
        open(transport, rate(10));
        RawClient client = client("alice");
        byte[][] frames = new byte[50][];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = RawClient.frame(i == 0 ? TEXT : CONTINUATION, "");
        }
        client.send(frames);

        assertThat(client.closeCode()).isEqualTo(4429);
    }

    @ParameterizedTest
    @EnumSource
    void ofManyPingsAtOnceOnlySomeAreAnsweredTheLatestAmongThem(Transport transport) throws IOException {
        open(transport, rate(1_000_000));
        RawClient client = client("alice");
        byte[][] pings = new byte[1_000][];
        for (int i = 0; i < pings.length; i++) {
            pings[i] = RawClient.frame(FIN | PING, String.valueOf(i));
        }
        client.send(pings);
        String last = "";
        int count = 0;
        while (!last.equals("999")) {
            last = client.next().text();
            count++;
        }
        // One read brings more than two of them: at most 64 KiB.
        assertThat(count).isLessThan(500);
    }

    @ParameterizedTest
    @EnumSource
    void aFrameMayHaveSeveralCommandsOfWhichTheWrongOnesDoNotConcernTheOthers(Transport transport) throws IOException {
        openWithLog(transport, OPTIONS);
        RawClient client = client("alice");
        client.send(RawClient.frame(FIN | TEXT, """
            {"type":"use","to":"logic:log"}
            {"type":"send","id":"1","text":"one"} {"type":"send","id":"2","to":{"a":[{}]},"text":"two"}
            [1,[2]] 7
            {"type":"send","id":"3","text":"three"}\
            """));

        assertThat(client.next().text()).contains("\"ok\"").contains("\"1\"");
        for (int i = 0; i < 3; i++) {
            assertThat(client.next().text()).contains("\"error\"").contains("malformed");
        }
        assertThat(client.next().text()).contains("\"ok\"").contains("\"3\"");
        await().atMost(SOON).until(() -> handled.size() == 2);
    }

    @ParameterizedTest
    @EnumSource
    void eachCommandOfAFrameCountsAgainstTheRate(Transport transport) throws IOException {
        openWithLog(transport, rate(10));
        RawClient client = client("alice");
        client.send(RawClient.frame(FIN | TEXT, "{\"type\":\"send\",\"to\":\"logic:log\",\"text\":\"x\"}".repeat(50)));

        assertThat(client.closeCode()).isEqualTo(4429);
        assertThat(handled).hasSizeLessThan(15);
    }

    @ParameterizedTest
    @EnumSource
    void compressedDataThatGrowsTooLargeOrIsBrokenEndsTheConnection(Transport transport) throws IOException {
        open(transport, limits(64 << 10, 10, 10, 1_000, 0));
        byte[] bomb = AutobahnTest.deflate(new byte[80 << 20], 9, false);
        assertThat(bomb.length).isGreaterThan(64 << 10);
        byte[] small = AutobahnTest.deflate(new byte[1 << 20], 9, false);
        byte[] badText = AutobahnTest.deflate(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, 9, false);
        List<byte[]> frames = List.of(
                RawClient.frame(0xC2, bomb),
                RawClient.frame(0xC2, small),
                RawClient.frame(0xC1, badText),
                RawClient.frame(0xC2, new byte[] {(byte) 0xFF, (byte) 0xFF, 3}),
                RawClient.frame(0xC9, ""));
        List<Integer> codes = List.of(1009, 1009, 1007, 1007, 1002);
        for (int i = 0; i < frames.size(); i++) {
            RawClient client = dial().connect("alice" + i, "", "Sec-WebSocket-Extensions", "permessage-deflate");
            client.send(frames.get(i));
            assertThat(client.closeCode()).as("frame %s", i).isEqualTo(codes.get(i));
        }
        RawClient plain = client("plain");
        plain.send(RawClient.frame(0xC2, small));
        assertThat(plain.closeCode()).isEqualTo(1002);
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheFirstFrameOfAMessageMayBeMarkedAsCompressed(Transport transport) throws IOException {
        open(transport, OPTIONS);
        RawClient client = dial().connect("alice", "", "Sec-WebSocket-Extensions", "permessage-deflate");
        client.send(RawClient.frame(0x42, new byte[] {1}), RawClient.frame(0xC0, new byte[] {1}));

        assertThat(client.closeCode()).isEqualTo(1002);
    }
}
