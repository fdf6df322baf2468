package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.Address;
import dev.signalbox.router.ErrorCode;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.RouteError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** Frames we write are what a JSON library reads, and frames it writes are what we read. */
class FramePropertyTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Whatever UTF-8 can hold, control characters and pairs of surrogates included; long ones cross internal chunks. */
    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> points = Arbitraries.integers()
                .between(0, 0x10FFFF)
                .filter(point -> point < 0xD800 || point > 0xDFFF)
                .map(Character::toString)
                .list()
                .ofMaxSize(60)
                .map(list -> String.join("", list));
        Arbitrary<String> ascii = Arbitraries.strings().ascii().ofMaxLength(100);
        Arbitrary<String> shifted = Arbitraries.integers().between(1_000, 1_050).map("x"::repeat);
        return Arbitraries.oneOf(
                points, ascii, shifted.flatMap(start -> points.map(end -> start + end.repeat(3) + start)));
    }

    private static JsonNode read(JsonBytes json) {
        return JSON.readTree(new String(json.copy(), StandardCharsets.UTF_8));
    }

    @Property
    void textAndHeadersSurvive(@ForAll("texts") String text, @ForAll("texts") String header) {
        Message message = Message.of(Address.client("a"), Address.client("b"), Payload.text(text))
                .withHeader(header, text)
                .withHeader("other", header);
        JsonBytes json = new JsonBytes();
        ServerFrames.message(json, message, "", 0, "");
        JsonNode frame = read(json);

        assertThat(frame.get("type").asString()).isEqualTo("message");
        assertThat(frame.get("id").asString()).isEqualTo(message.id().toString());
        assertThat(frame.get("from").asString()).isEqualTo("client:a");
        assertThat(frame.get("text").asString()).isEqualTo(text);
        assertThat(frame.get("headers").get("other").asString()).isEqualTo(header);
        assertThat(frame.get("headers").size()).isEqualTo(message.headers().size());
    }

    @Property
    void bytesSurvive(@ForAll @Size(max = 2_000) byte[] bytes) {
        JsonBytes json = new JsonBytes();
        ServerFrames.message(json, Message.of(Address.logic("l"), Address.ALL, Payload.binary(bytes)), "", 0, "");

        assertThat(Base64.getDecoder().decode(read(json).get("base64").asString()))
                .isEqualTo(bytes);
    }

    @Property
    void anyStringMakesValidJson(@ForAll String text) {
        JsonNode frame = JSON.readTree(
                ServerFrames.error(text, new RouteError(ErrorCode.REJECTED, Optional.of(Address.client("c")), text)));

        assertThat(frame.get("code").asString()).isEqualTo("rejected");
        assertThat(frame.get("message").asString()).hasSameSizeAs(text);
    }

    @Property
    void aSendIsReadAsItWasWritten(@ForAll("texts") String text, @ForAll boolean binary) throws Exception {
        ObjectNode written = JSON.createObjectNode().put("type", "send").put("id", "1");
        written.putArray("to").add("client:a").add("logic:b");
        written.putObject("headers").put("h", text);
        Payload payload = binary ? Payload.binary(text.getBytes(StandardCharsets.UTF_8)) : Payload.text(text);
        switch (payload) {
            case Payload.Text value -> written.put("text", value.value());
            case Payload.Binary bytes -> written.put("base64", bytes.toByteArray());
        }
        ClientFrame frame = Commands.only(written.toString().getBytes(StandardCharsets.UTF_8), List.of());

        assertThat(frame).isInstanceOfSatisfying(ClientFrame.Send.class, send -> {
            assertThat(send.id()).isEqualTo("1");
            assertThat(send.draft().payload()).isEqualTo(payload);
            assertThat(send.draft().targets()).containsExactly(Address.client("a"), Address.logic("b"));
            assertThat(send.draft().headers()).isEqualTo(Map.of("h", text));
        });
    }

    /** Nothing that a client may send leads to anything but a frame or one of the two refusals. */
    @Property
    void rubbishIsRefused(@ForAll byte[] bytes, @ForAll String text) {
        for (byte[] each : List.of(
                bytes,
                text.getBytes(StandardCharsets.UTF_8),
                ("{\"type\":\"send\",\"to\":\"" + text + "\",\"text\":\"x\"}").getBytes(StandardCharsets.UTF_8),
                ("{\"type\":\"send\",\"json\":" + text + ",\"to\":\"all\"}").getBytes(StandardCharsets.UTF_8))) {
            try {
                assertThat(Commands.only(each, List.of())).isNotNull();
            } catch (MalformedFrameException | JacksonException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    @Property
    void theFrameHeaderTellsTheLength(@ForAll @Size(max = 300) byte[] bytes, @ForAll boolean large) {
        byte[] content = large ? new byte[70_000 + bytes.length] : bytes;
        ByteBuf frame = Unpooled.buffer();
        FrameEncoder.frame(FrameEncoder.TEXT, content, content.length, frame);

        assertThat(frame.readUnsignedByte()).isEqualTo((short) 0x81);
        int first = frame.readUnsignedByte();
        long length = first == 127 ? frame.readLong() : first == 126 ? frame.readUnsignedShort() : first;
        assertThat(length).isEqualTo(content.length).isEqualTo(frame.readableBytes());
    }
}
