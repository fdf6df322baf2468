package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.RouterOptions;
import dev.signalbox.testing.services.Effort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Groups 12 and 13 of the Autobahn suite: compressed messages of many sizes, whole and in fragments, of contents that compress well
 * and badly, with each of the offers. Client and server compress.
 */
@Timeout(600)
class AutobahnCompressionTest extends WireFixture {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ID = AutobahnCase.ID;
    private static final int ENOUGH = 1_000_000;

    /** As in the suite: the size of the messages, and of their fragments, 0 for none. */
    private record Case(int size, int fragment) {}

    private static final List<Case> CASES = List.of(
            new Case(16, 0),
            new Case(64, 0),
            new Case(256, 0),
            new Case(1_024, 0),
            new Case(4_096, 0),
            new Case(8_192, 0),
            new Case(16_384, 0),
            new Case(32_768, 0),
            new Case(65_536, 0),
            new Case(131_072, 0),
            new Case(8_192, 256),
            new Case(16_384, 256),
            new Case(32_768, 256),
            new Case(65_536, 256),
            new Case(131_072, 256),
            new Case(131_072, 1_024),
            new Case(131_072, 4_096),
            new Case(131_072, 32_768));

    /** What a client offers in 13.1 to 13.7; with a smaller window of the server, it is answered without compression. */
    private static final List<String> OFFERS = List.of(
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; client_max_window_bits; server_no_context_takeover",
            "permessage-deflate; client_max_window_bits; server_max_window_bits=9",
            "permessage-deflate; client_max_window_bits; server_max_window_bits=15",
            "permessage-deflate; client_max_window_bits; server_no_context_takeover; server_max_window_bits=9",
            "permessage-deflate; client_max_window_bits; server_no_context_takeover; server_max_window_bits=15",
            "permessage-deflate; client_max_window_bits; server_no_context_takeover; server_max_window_bits=9,"
                    + " permessage-deflate; client_max_window_bits; server_no_context_takeover,"
                    + " permessage-deflate; client_max_window_bits");

    /** In place of the suite's files. */
    private enum Content {
        JSON_DATA(true),
        BITMAP(false),
        PROSE(true),
        MARKUP(true),
        DOCUMENT(false);

        private final boolean text;

        Content(boolean text) {
            this.text = text;
        }

        byte[] make(Random random, int size) {
            byte[] bytes = new byte[size];
            switch (this) {
                case JSON_DATA -> fill(bytes, random, "{\"a\":1,", "\"name\":\"x\",", "[true,null],", "3.14}");
                case PROSE -> fill(bytes, random, "habe nun ", "ach! ", "philosophie, ", "juristerei ", "und ");
                case MARKUP -> fill(bytes, random, "<p class='a'>", "</p>\n", "<td>", "text &amp; more");
                case BITMAP -> {
                    for (int i = 0; i < size; i++) {
                        bytes[i] = (byte) (i / 7 + random.nextInt(4));
                    }
                }
                case DOCUMENT -> random.nextBytes(bytes);
            }
            return bytes;
        }

        private static void fill(byte[] bytes, Random random, String... words) {
            for (int at = 0; at < bytes.length; ) {
                byte[] word = words[random.nextInt(words.length)].getBytes(StandardCharsets.US_ASCII);
                int count = Math.min(word.length, bytes.length - at);
                System.arraycopy(word, 0, bytes, at, count);
                at += count;
            }
        }
    }

    private void open(Transport transport) {
        open(transport, limits(1 << 20, ENOUGH, ENOUGH, ENOUGH, 0), RouterOptions.defaults());
    }

    private RawClient connect(String offer) throws IOException {
        return dial().connect(ID, "&binary=raw&to=client:" + ID, "Sec-WebSocket-Extensions", offer);
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE", "NIO_TLS"})
    void contentsOfAllKinds(Transport transport) throws IOException {
        open(transport);
        Random random = new Random(12);
        for (Content content : Content.values()) {
            try (RawClient client = connect(OFFERS.getFirst())) {
                int before = client.compressedFrames();
                for (Case each : CASES) {
                    exchange(client, content, each, random, true, Effort.of(1, 1_000));
                }
                assertThat(client.compressedFrames() > before)
                        .as("%s comes back compressed", content)
                        .isEqualTo(content != Content.DOCUMENT);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "NATIVE")
    void offersOfAllKinds(Transport transport) throws IOException {
        open(transport);
        Random random = new Random(13);
        for (String offer : OFFERS) {
            boolean accepted = !offer.endsWith("bits=9");
            try (RawClient client = connect(offer)) {
                int before = client.compressedFrames();
                for (Case each : CASES) {
                    exchange(client, Content.PROSE, each, random, accepted, Effort.of(1, 1_000));
                }
                assertThat(client.compressedFrames() > before).as(offer).isEqualTo(accepted);
            }
        }
    }

    private static void exchange(
            RawClient client, Content content, Case each, Random random, boolean compressed, int count)
            throws IOException {
        for (int i = 0; i < count; i++) {
            byte[] payload = content.make(random, each.size());
            int opcode = content.text ? RawClient.TEXT : RawClient.BINARY;
            byte[] message = content.text ? send(payload) : payload;
            write(client, opcode, message, each.fragment(), compressed, random);
            assertThat(received(client.next())).as("%s %s", content, each).isEqualTo(payload);
        }
    }

    private static byte[] send(byte[] text) {
        return JSON.writeValueAsBytes(JSON.createObjectNode()
                .put("type", "send")
                .put("to", "client:" + ID)
                .put("text", new String(text, StandardCharsets.US_ASCII)));
    }

    private static byte[] received(RawClient.Received received) {
        if (received.opcode() == RawClient.BINARY) {
            return received.payload();
        }
        JsonNode frame = received.json();
        assertThat(frame.path("type").asString("")).as(frame.toString()).isEqualTo("message");
        return frame.get("text").asString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void write(
            RawClient client, int opcode, byte[] message, int fragment, boolean compressed, Random random)
            throws IOException {
        byte[] content =
                compressed ? AutobahnTest.deflate(message, 1 + random.nextInt(9), random.nextBoolean()) : message;
        int size = fragment == 0 ? Math.max(1, content.length) : fragment;
        for (int at = 0; at < content.length; at += size) {
            int end = Math.min(content.length, at + size);
            int first = (end == content.length ? RawClient.FIN : 0)
                    | (at > 0 ? RawClient.CONTINUATION : opcode | (compressed ? RawClient.COMPRESSED : 0));
            client.send(RawClient.frame(first, Arrays.copyOfRange(content, at, end)));
        }
    }
}
