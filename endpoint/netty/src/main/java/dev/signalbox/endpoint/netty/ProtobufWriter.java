package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.GrpcSchema.Field;
import dev.signalbox.endpoint.netty.GrpcSchema.Shape;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/** Makes protobuf of frames in JSON, in an array that is used again and again. For one thread. */
final class ProtobufWriter {
    private static final int INITIAL = 512;
    /** An array that one large message blew up is not kept. */
    private static final int KEPT = 64 << 10;

    private static final int LONGEST_VARINT = 10;
    private static final int KEY = 1;
    private static final int VALUE = 2;

    private static final FastThreadLocal<ProtobufWriter> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected ProtobufWriter initialValue() {
            return new ProtobufWriter();
        }
    };

    private byte[] bytes = new byte[INITIAL];
    private int size;

    static ProtobufWriter ofThread() {
        return OF_THREAD.get();
    }

    /** The array itself, until the next frame. */
    byte[] array() {
        return bytes;
    }

    int size() {
        return size;
    }

    /**
     * Writes the frame that the first {@code length} bytes of {@code json} have. Its type comes first there; fields that are not in
     * the schema are left out.
     *
     * @throws IllegalArgumentException if {@code frames} has no such frame
     */
    void frame(Shape frames, byte[] json, int length) {
        size = 0;
        if (bytes.length > KEPT) {
            bytes = new byte[INITIAL];
        }
        try (JsonParser parser = FrameReader.JSON.createParser(ObjectReadContext.empty(), json, 0, length)) {
            parser.nextToken();
            Field frame = "type".equals(parser.nextName()) ? frames.find(next(parser)) : null;
            if (frame == null) {
                throw new IllegalArgumentException("a frame begins with its type, and has to be one of the schema");
            }
            message(frame.number(), frame.shape(), parser);
        }
    }

    private static String next(JsonParser parser) {
        parser.nextToken();
        return parser.getString();
    }

    /** The rest of the object that the parser stands in. */
    private void message(int number, @Nullable Shape shape, JsonParser parser) {
        int start = size;
        fields(Objects.requireNonNull(shape), parser);
        wrap(number, start);
    }

    private void fields(Shape shape, JsonParser parser) {
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            Field field = shape.find(name);
            if (field == null) {
                parser.skipChildren();
            } else {
                field(field, parser);
            }
        }
    }

    private void field(Field field, JsonParser parser) {
        switch (field.kind()) {
            case TEXT -> text(field.number(), parser.getString());
            case BYTES -> content(field.number(), parser.getBinaryValue());
            case FLAG -> number(field, parser.currentToken() == JsonToken.VALUE_TRUE ? 1 : 0);
            case NUMBER -> number(field, parser.getLongValue());
            case MESSAGE -> message(field.number(), field.shape(), parser);
            case TEXTS -> each(parser, () -> text(field.number(), parser.getString()));
            case MESSAGES -> each(parser, () -> message(field.number(), field.shape(), parser));
            case MAP -> map(field, parser);
        }
    }

    /** One value, or an array of them. */
    private static void each(JsonParser parser, Runnable write) {
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                write.run();
            }
        } else {
            write.run();
        }
    }

    /** An entry is a message with the key as its first field and the value as its second. */
    private void map(Field field, JsonParser parser) {
        for (String key = parser.nextName(); key != null; key = parser.nextName()) {
            parser.nextToken();
            int start = size;
            text(KEY, key);
            if (field.shape() == null) {
                text(VALUE, parser.getString());
            } else {
                message(VALUE, field.shape(), parser);
            }
            wrap(field.number(), start);
        }
    }

    private void number(Field field, long value) {
        reserve(2 * LONGEST_VARINT);
        varint(field.tag());
        varint(value);
    }

    private void text(int number, String value) {
        content(number, value.getBytes(StandardCharsets.UTF_8));
    }

    private void content(int number, byte[] content) {
        reserve(2 * LONGEST_VARINT + content.length);
        varint((number << 3) | GrpcSchema.LENGTH);
        varint(content.length);
        System.arraycopy(content, 0, bytes, size, content.length);
        size += content.length;
    }

    /** Makes a field of what was written since {@code start}: moves it to make room for the tag and the length. */
    private void wrap(int number, int start) {
        int length = size - start;
        reserve(2 * LONGEST_VARINT);
        varint((number << 3) | GrpcSchema.LENGTH);
        varint(length);
        int header = size - start - length;
        byte[] head = Arrays.copyOfRange(bytes, size - header, size);
        System.arraycopy(bytes, start, bytes, start + header, length);
        System.arraycopy(head, 0, bytes, start, header);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
