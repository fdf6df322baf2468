package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.services.Effort;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random bytes, well-formed and not, in random pieces. */
class FrameDecoderFuzzTest {
    private static final int MAX = 4 << 10;
    private static final int ROUNDS = 3_000;

    /** What a decoder makes of bytes: its frames, and the status code if it gave up. */
    private record Decoded(List<String> frames, int code) {}

    private static Decoded decode(byte[] bytes, Random pieces) {
        FrameDecoder decoder = new FrameDecoder(MAX, true);
        List<String> frames = new ArrayList<>();
        int at = 0;
        try {
            while (at < bytes.length) {
                int size = 1 + pieces.nextInt(Math.min(bytes.length - at, 1 + pieces.nextInt(200)));
                ByteBuf piece = Unpooled.wrappedBuffer(bytes, at, size);
                for (Frame frame = decoder.next(piece); frame != null; frame = decoder.next(piece)) {
                    assertThat(frame.payload().length).isLessThanOrEqualTo(MAX);
                    frames.add(frame.kind() + ":" + HexFormat.of().formatHex(frame.payload()));
                }
                assertThat(piece.isReadable()).as("left over").isFalse();
                assertThat(decoder.underWay()).isBetween(0, MAX + 14 + 125);
                at += size;
            }
            return new Decoded(frames, 0);
        } catch (ProtocolViolation violation) {
            assertThat(violation.code().code()).isIn(1002, 1007, 1009);
            assertThat(violation.code().text()).isNotBlank().hasSizeLessThanOrEqualTo(123);
            return new Decoded(frames, violation.code().code());
        }
    }

    private static byte[] text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(60); i > 0; i--) {
            int point = random.nextInt(4) == 0 ? random.nextInt(0x11_0000) : random.nextInt(0x80);
            text.appendCodePoint(point >= 0xD800 && point <= 0xDFFF ? 'x' : point);
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(Random random, int most) {
        byte[] bytes = new byte[random.nextInt(most)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** A message in fragments with control frames between them; {@code expected} gets what it is. */
    private static void message(Random random, ByteArrayOutputStream out, List<String> expected) {
        boolean isText = random.nextBoolean();
        boolean isCompressed = random.nextInt(3) == 0;
        byte[] payload = isText ? text(random) : bytes(random, MAX / 2);
        byte[] wire = isCompressed ? AutobahnTest.deflate(payload, random.nextInt(10), random.nextBoolean()) : payload;
        int first = (isText ? RawClient.TEXT : RawClient.BINARY) | (isCompressed ? RawClient.COMPRESSED : 0);
        int at = 0;
        boolean last;
        do {
            last = random.nextInt(3) == 0;
            int size = last ? wire.length - at : random.nextInt(wire.length - at + 1);
            byte[] part = Arrays.copyOfRange(wire, at, at + size);
            out.writeBytes(RawClient.frame(first | (last ? RawClient.FIN : 0), part));
            first = RawClient.CONTINUATION;
            at += size;
            if (!last && size == 0) {
                expected.add("EMPTY_FRAGMENT:");
            }
            if (random.nextInt(4) == 0) {
                byte[] ping = bytes(random, 126);
                out.writeBytes(RawClient.frame(RawClient.FIN | RawClient.PING, ping));
                if (last) {
                    expected.add((isText ? "TEXT:" : "BINARY:") + HexFormat.of().formatHex(payload));
                }
                expected.add("PING:" + HexFormat.of().formatHex(ping));
            } else if (last) {
                expected.add((isText ? "TEXT:" : "BINARY:") + HexFormat.of().formatHex(payload));
            }
        } while (!last);
    }

    @Test
    void whatIsWellFormedIsReadAsItWasWrittenInWhateverPiecesItComes() {
        Effort.seeds(1).forEach(seed -> {
            Random random = new Random(seed);
            for (int round = 0; round < ROUNDS; round++) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                List<String> expected = new ArrayList<>();
                for (int i = 1 + random.nextInt(4); i > 0; i--) {
                    message(random, out, expected);
                }
                assertThat(decode(out.toByteArray(), random))
                        .as(() -> Effort.replay(FrameDecoderFuzzTest.class, seed))
                        .isEqualTo(new Decoded(expected, 0));
            }
        });
    }

    @Test
    void whatIsDamagedIsRefusedOrReadTheSameInWhateverPiecesItComes() {
        Effort.seeds(1).forEach(seed -> {
            Random random = new Random(seed);
            for (int round = 0; round < ROUNDS; round++) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                message(random, out, new ArrayList<>());
                byte[] damaged = out.toByteArray();
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                }
                Decoded whole = decode(damaged, new Random(0));
                assertThat(decode(damaged, random))
                        .as(() -> Effort.replay(FrameDecoderFuzzTest.class, seed))
                        .isEqualTo(whole);
            }
        });
    }

    /** The JDK's decoder is the judge. */
    @Test
    void theSameTextIsUtf8AsForTheJdk() {
        Effort.seeds(1).forEach(seed -> {
            Random random = new Random(seed);
            for (int round = 0; round < 20 * ROUNDS; round++) {
                byte[] bytes = random.nextBoolean() ? bytes(random, 12) : text(random);
                if (bytes.length > 0 && random.nextBoolean()) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
                boolean valid = Arrays.equals(
                        new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), bytes);
                assertThat(Utf8.isValid(bytes, 0, bytes.length))
                        .as(() -> HexFormat.of().formatHex(bytes) + ", "
                                + Effort.replay(FrameDecoderFuzzTest.class, seed))
                        .isEqualTo(valid);
            }
        });
    }

    /** Whatever the request is, there is an answer, and only a good upgrade is granted. */
    @Test
    void everyRequestHasAnAnswer() {
        Handshake handshake = new Handshake(WebSocketOptions.defaults());
        String good = RawClient.upgradeRequest(
                "/ws?access_token=t&to=client:a",
                "Sec-WebSocket-Extensions",
                "permessage-deflate; client_max_window_bits",
                "Sec-WebSocket-Protocol",
                "signalbox.v1.json, x");
        Effort.seeds(1).forEach(seed -> {
            Random random = new Random(seed);
            for (int round = 0; round < ROUNDS; round++) {
                byte[] request = good.getBytes(StandardCharsets.ISO_8859_1);
                for (int i = random.nextInt(4); i > 0; i--) {
                    request[random.nextInt(request.length)] = (byte) random.nextInt();
                }
                answer(handshake, request);
            }
        });
    }

    private static void answer(Handshake handshake, byte[] request) {
        EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder());
        channel.writeInbound(Unpooled.wrappedBuffer(request));
        for (Object each = channel.readInbound(); each != null; each = channel.readInbound()) {
            if (each instanceof HttpRequest http) {
                switch (handshake.outcome(http)) {
                    case Handshake.Outcome.Upgrade upgrade ->
                        assertThat(upgrade.response().toString(StandardCharsets.US_ASCII))
                                .startsWith("HTTP/1.1 101 ")
                                .endsWith("\r\n\r\n");
                    case Handshake.Outcome.Events _ -> assertThat(http.uri()).startsWith("/events");
                    case Handshake.Outcome.Answer answer ->
                        assertThat(answer.http().status().code()).isIn(200, 400, 404, 405, 414, 417, 426, 431, 505);
                }
            }
            ReferenceCountUtil.release(each);
        }
        channel.finishAndReleaseAll();
    }
}
