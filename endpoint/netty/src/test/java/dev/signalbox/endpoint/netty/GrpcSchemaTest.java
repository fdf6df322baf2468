package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.signalbox.endpoint.netty.GrpcSchema.Field;
import dev.signalbox.endpoint.netty.GrpcSchema.Kind;
import dev.signalbox.endpoint.netty.GrpcSchema.Shape;
import dev.signalbox.router.Address;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Our protobuf is that of clients/proto, as the protobuf library reads it. */
class GrpcSchemaTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void theTablesAreThoseOfTheProto() {
        assertSame(GrpcSchema.CLIENT, GrpcProto.clientFrame());
        assertSame(GrpcSchema.SERVER, GrpcProto.serverFrame());
    }

    private static void assertSame(Shape shape, Descriptor message) {
        Map<String, FieldDescriptor> fields = new HashMap<>();
        message.getFields().forEach(field -> fields.put(field.getJsonName(), field));
        assertThat(shape.fields())
                .as(message.getFullName())
                .extracting(Field::name)
                .containsExactlyInAnyOrderElementsOf(fields.keySet());
        for (Field field : shape.fields()) {
            FieldDescriptor described = Objects.requireNonNull(fields.get(field.name()));
            assertThat(field.number()).as(described.getFullName()).isEqualTo(described.getNumber());
            assertThat(field.kind()).as(described.getFullName()).isEqualTo(kind(described));
            if (field.shape() != null) {
                assertSame(field.shape(), type(described));
            }
        }
    }

    private static Descriptor type(FieldDescriptor field) {
        return field.isMapField()
                ? field.getMessageType().findFieldByNumber(2).getMessageType()
                : field.getMessageType();
    }

    private static Kind kind(FieldDescriptor field) {
        if (field.isMapField()) {
            return Kind.MAP;
        }
        return switch (field.getType()) {
            case STRING -> field.isRepeated() ? Kind.TEXTS : Kind.TEXT;
            case BYTES -> Kind.BYTES;
            case BOOL -> Kind.FLAG;
            case INT64 -> Kind.NUMBER;
            case MESSAGE -> field.isRepeated() ? Kind.MESSAGES : Kind.MESSAGE;
            default -> throw new AssertionError("the tables have no kind for " + field);
        };
    }

    /** A segment that is shared must not grow, so what a frame takes is bounded by what it takes in JSON. */
    @Test
    void theLibraryReadsWhatWeWriteAndItTakesNoMoreThanExpected() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            byte[] json = json(random);
            ByteBuf out = Unpooled.buffer();
            GrpcFormat.PROTOBUF.json(json, json.length, out);

            assertThat(out.readableBytes()).isLessThanOrEqualTo(GrpcFormat.PROTOBUF.most(json.length));
            assertThat(out.readByte()).isZero();
            byte[] frame = new byte[out.readInt()];
            out.readBytes(frame);
            assertThat(out.isReadable()).isFalse();
            JsonNode read = GrpcProto.json(DynamicMessage.parseFrom(GrpcProto.serverFrame(), frame));
            assertThat(JSON.readTree(read.toString())).isEqualTo(JSON.readTree(json));
        }
    }

    private static byte[] json(Random random) {
        Payload payload = random.nextInt(4) == 0
                ? Payload.binary(text(random).getBytes(StandardCharsets.UTF_8))
                : Payload.text(text(random));
        Message message = Message.of(Address.client("a"), Address.client("b"), payload);
        for (int i = random.nextInt(20); i > 0; i--) {
            message = message.withHeader(text(random), text(random));
        }
        JsonBytes json = new JsonBytes();
        ServerFrames.message(
                json, message, random.nextBoolean() ? "" : "news.*", 1 + random.nextInt(1 << 30), "news.sport");
        return json.copy();
    }

    private static String text(Random random) {
        String unit = random.nextInt(4) == 0 ? "\u00e9\u0001\"" : "x";
        int[] lengths = {0, 1, random.nextInt(20), 126 + random.nextInt(5), random.nextInt(400)};
        return unit.repeat(lengths[random.nextInt(lengths.length)]);
    }

    /** What is broken is refused, and nothing else happens, whatever is broken about it. */
    @Test
    void brokenFramesAreRefused() throws Exception {
        byte[] whole = GrpcProto.frame(GrpcProto.clientFrame(), """
            {"type":"send","id":"1","to":["client:a","all"],"text":"\u00e9\u00e8","headers":{"a":"b","c":"d"},"within":300}\
            """).toByteArray();
        Random random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] broken = whole.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            }
            byte[] cut = random.nextBoolean() ? Arrays.copyOf(broken, random.nextInt(broken.length)) : broken;
            try {
                assertThat(JSON.readTree(ProtobufReader.json(GrpcSchema.CLIENT, cut))
                                .isObject())
                        .isTrue();
            } catch (ProtocolViolation violation) {
                assertThat(violation.code().code()).isIn(4400, 1007);
                refused++;
            }
        }
        assertThat(refused).isBetween(1_000, 19_999);
    }

    @Test
    void aFrameIsExactlyOneAndOneThatIsUnknownHasATypeThatNobodyKnows() throws Exception {
        byte[] ping = {0x62, 0};
        byte[] twice = {0x62, 0, 0x6A, 0};
        byte[] newer = {(byte) 0xF2, 0x07, 0};

        assertThat(text(ping)).isEqualTo("{\"type\":\"ping\"}");
        assertThat(text(new byte[0])).isEqualTo("{}");
        assertThat(text(newer)).isEqualTo("{\"type\":\"unknown\"}");
        assertThatThrownBy(() -> text(twice)).isInstanceOf(ProtocolViolation.class);
    }

    private static String text(byte[] frame) throws ProtocolViolation {
        return new String(ProtobufReader.json(GrpcSchema.CLIENT, frame), StandardCharsets.UTF_8);
    }
}
