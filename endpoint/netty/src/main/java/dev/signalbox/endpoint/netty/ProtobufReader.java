package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.GrpcSchema.Field;
import dev.signalbox.endpoint.netty.GrpcSchema.Shape;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes JSON of frames in protobuf. What it gathers is no more than what the frame has, and messages are nested no deeper than in the
 * schema. For one frame and one thread.
 */
final class ProtobufReader {
    private static final int LONGEST_VARINT = 10;
    private static final int WIRE_TYPE_BITS = 3;
    private static final int WIRE_TYPE = 7;
    private static final long KEY = (1 << WIRE_TYPE_BITS) | GrpcSchema.LENGTH;
    private static final long VALUE = (2 << WIRE_TYPE_BITS) | GrpcSchema.LENGTH;

    private final byte[] bytes;
    private int at;

    private ProtobufReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * The frame in JSON, its type first. Without a type if it has no field, and with one that nobody knows if it has only fields
     * that are not in the schema; those are left out everywhere.
     *
     * @throws ProtocolViolation if it is no protobuf, or several frames in one
     */
    static byte[] json(Shape frames, byte[] frame) throws ProtocolViolation {
        ProtobufValue.Content content = new ProtobufReader(frame).message(frames, frame.length);
        List<Field> present = content.present();
        if (present.size() > 1) {
            throw ProtocolViolation.malformed();
        }
        if (present.isEmpty()) {
            return new JsonBytes()
                    .raw(frame.length == 0 ? "{}" : "{\"type\":\"unknown\"}")
                    .copy();
        }
        Field field = present.getFirst();
        JsonBytes json = new JsonBytes().raw("{\"type\":\"").raw(field.name()).raw("\"");
        if (content.get(field) instanceof ProtobufValue.Content fields) {
            fields.write(json, ",");
        }
        return json.raw("}").copy();
    }

    private ProtobufValue.Content message(@Nullable Shape shape, int end) throws ProtocolViolation {
        if (shape == null) {
            throw new IllegalArgumentException("only messages have fields");
        }
        ProtobufValue.Content content = new ProtobufValue.Content(shape);
        while (at < end) {
            long tag = varint(end);
            Field field = shape.find(tag >>> WIRE_TYPE_BITS);
            if (field != null && field.tag() == tag) {
                content.set(field, value(field, content.get(field), end));
            } else {
                skip((int) tag & WIRE_TYPE, end);
            }
        }
        return content;
    }

    /** Of a field that may be there several times, {@code earlier} has what came before. */
    private ProtobufValue value(Field field, @Nullable ProtobufValue earlier, int end) throws ProtocolViolation {
        return switch (field.kind()) {
            case TEXT -> new ProtobufValue.Text(text(end));
            case BYTES -> new ProtobufValue.Bytes(content(end));
            case FLAG -> new ProtobufValue.Flag(varint(end) != 0);
            case NUMBER -> new ProtobufValue.Whole(varint(end));
            case MESSAGE -> message(field.shape(), end(end));
            case TEXTS -> several(earlier).with(new ProtobufValue.Text(text(end)));
            case MESSAGES -> several(earlier).with(message(field.shape(), end(end)));
            case MAP -> entry(field, earlier, end(end));
        };
    }

    private static ProtobufValue.Several several(@Nullable ProtobufValue earlier) {
        return earlier instanceof ProtobufValue.Several several ? several : new ProtobufValue.Several();
    }

    private ProtobufValue entry(Field field, @Nullable ProtobufValue earlier, int end) throws ProtocolViolation {
        String key = "";
        ProtobufValue value =
                field.shape() == null ? new ProtobufValue.Text("") : new ProtobufValue.Content(field.shape());
        while (at < end) {
            long tag = varint(end);
            if (tag == KEY) {
                key = text(end);
            } else if (tag == VALUE) {
                value = field.shape() == null ? new ProtobufValue.Text(text(end)) : message(field.shape(), end(end));
            } else {
                skip((int) tag & WIRE_TYPE, end);
            }
        }
        ProtobufValue.Entries entries =
                earlier instanceof ProtobufValue.Entries known ? known : new ProtobufValue.Entries();
        return entries.with(key, value);
    }

    private String text(int end) throws ProtocolViolation {
        int to = end(end);
        if (!Utf8.isValid(bytes, at, to)) {
            throw ProtocolViolation.invalidText();
        }
        String text = new String(bytes, at, to - at, StandardCharsets.UTF_8);
        at = to;
        return text;
    }

    private ByteBuffer content(int end) throws ProtocolViolation {
        int to = end(end);
        ByteBuffer content = ByteBuffer.wrap(bytes, at, to - at);
        at = to;
        return content;
    }

    /** Where the content ends whose length stands here, which is within what ends at {@code end}. */
    private int end(int end) throws ProtocolViolation {
        long length = varint(end);
        if (length < 0 || length > end - at) {
            throw ProtocolViolation.malformed();
        }
        return at + (int) length;
    }

    private long varint(int end) throws ProtocolViolation {
        long value = 0;
        for (int i = 0; i < LONGEST_VARINT; i++) {
            if (at >= end) {
                throw ProtocolViolation.malformed();
            }
            byte next = bytes[at++];
            value |= (next & 0x7FL) << (7 * i);
            if (next >= 0) {
                return value;
            }
        }
        throw ProtocolViolation.malformed();
    }

    private void skip(int wireType, int end) throws ProtocolViolation {
        switch (wireType) {
            case GrpcSchema.VARINT -> varint(end);
            case GrpcSchema.FIXED_64 -> advance(Long.BYTES, end);
            case GrpcSchema.LENGTH -> at = end(end);
            case GrpcSchema.FIXED_32 -> advance(Integer.BYTES, end);
            default -> throw ProtocolViolation.malformed();
        }
    }

    private void advance(int count, int end) throws ProtocolViolation {
        if (count > end - at) {
            throw ProtocolViolation.malformed();
        }
        at += count;
    }
}
