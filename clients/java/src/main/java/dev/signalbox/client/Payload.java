package dev.signalbox.client;

import java.util.Arrays;
import tools.jackson.databind.json.JsonMapper;

/** What a message carries. Immutable. */
public sealed interface Payload {

    /** Text. JSON arrives as text, too. */
    record Text(String value) implements Payload {}

    /** JSON to send; it arrives as text with the header {@code content-type: application/json}. */
    record Json(String value) implements Payload {}

    /** Bytes. */
    final class Binary implements Payload {
        private final byte[] bytes;

        private Binary(byte[] bytes) {
            this.bytes = bytes;
        }

        /** A copy. */
        public byte[] toByteArray() {
            return bytes.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Binary binary && Arrays.equals(bytes, binary.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return bytes.length + " bytes";
        }
    }

    static Payload text(String value) {
        return new Text(value);
    }

    /**
     * Whatever Jackson makes JSON of: a record, a map, a {@code JsonNode}.
     *
     * @throws tools.jackson.core.JacksonException if it cannot
     */
    static Payload json(Object value) {
        return new Json(JsonMapper.shared().writeValueAsString(value));
    }

    /** Copies the bytes. */
    static Payload binary(byte[] bytes) {
        return new Binary(bytes.clone());
    }
}
