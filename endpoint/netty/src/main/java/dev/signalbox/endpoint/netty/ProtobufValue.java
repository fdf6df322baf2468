package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.GrpcSchema.Field;
import dev.signalbox.endpoint.netty.GrpcSchema.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value that was read from protobuf, and becomes JSON. For one thread. */
sealed interface ProtobufValue {
    void write(JsonBytes json);

    record Text(String value) implements ProtobufValue {
        @Override
        public void write(JsonBytes json) {
            json.string(value);
        }
    }

    record Bytes(ByteBuffer value) implements ProtobufValue {
        @Override
        public void write(JsonBytes json) {
            json.base64(value.duplicate());
        }
    }

    record Flag(boolean value) implements ProtobufValue {
        @Override
        public void write(JsonBytes json) {
            json.raw(value ? "true" : "false");
        }
    }

    record Whole(long value) implements ProtobufValue {
        @Override
        public void write(JsonBytes json) {
            json.number(value);
        }
    }

    /** Values of a repeated field. */
    final class Several implements ProtobufValue {
        private final List<ProtobufValue> values = new ArrayList<>();

        Several with(ProtobufValue another) {
            values.add(another);
            return this;
        }

        @Override
        public void write(JsonBytes json) {
            String separator = "[";
            for (ProtobufValue value : values) {
                value.write(json.raw(separator));
                separator = ",";
            }
            json.raw("]");
        }
    }

    /** Of several entries with one key, the last counts. */
    final class Entries implements ProtobufValue {
        private final Map<String, ProtobufValue> values = new LinkedHashMap<>();

        Entries with(String key, ProtobufValue value) {
            values.put(key, value);
            return this;
        }

        @Override
        public void write(JsonBytes json) {
            String separator = "{";
            for (Map.Entry<String, ProtobufValue> entry : values.entrySet()) {
                json.raw(separator).string(entry.getKey()).raw(":");
                entry.getValue().write(json);
                separator = ",";
            }
            json.raw("}");
        }
    }

    /** The fields of a message that are there. */
    final class Content implements ProtobufValue {
        private final Shape shape;
        private final @Nullable ProtobufValue[] values;

        Content(Shape shape) {
            this.shape = shape;
            this.values = new @Nullable ProtobufValue[shape.size()];
        }

        @Nullable
        ProtobufValue get(Field field) {
            return values[field.number()];
        }

        void set(Field field, ProtobufValue value) {
            values[field.number()] = value;
        }

        List<Field> present() {
            return shape.fields().stream()
                    .filter(field -> values[field.number()] != null)
                    .toList();
        }

        @Override
        public void write(JsonBytes json) {
            json.raw("{");
            write(json, "");
            json.raw("}");
        }

        /** Without braces, behind {@code before} if there is any field. */
        void write(JsonBytes json, String before) {
            String separator = before;
            for (Field field : shape.fields()) {
                ProtobufValue value = values[field.number()];
                if (value != null) {
                    value.write(json.raw(separator).raw("\"").raw(field.name()).raw("\":"));
                    separator = ",";
                }
            }
        }
    }
}
