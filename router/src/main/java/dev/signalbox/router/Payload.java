package dev.signalbox.router;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** What a message carries: text or bytes, never changed once made. How large it may be is the router's to say. */
public sealed interface Payload {

    /**
     * Text.
     *
     * @throws IllegalArgumentException if {@code value} has an unpaired surrogate, which UTF-8 cannot hold
     */
    static Text text(String value) {
        return new Text(value);
    }

    /** Copies {@code bytes}. */
    static Binary binary(byte[] bytes) {
        return new Binary(bytes.clone());
    }

    /** The size on the wire in bytes; for text, in UTF-8. */
    int size();

    /** The most bytes that an endpoint makes of it: of text as a JSON string, of bytes in Base64. */
    int encodedSize();

    /** Text. */
    final class Text implements Payload {
        private final String value;
        private final int size;
        private final int encodedSize;

        private Text(String value) {
            this.value = value;
            this.size = Strings.utf8Length(value);
            this.encodedSize = Strings.jsonLength(value, size);
        }

        public String value() {
            return value;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public int encodedSize() {
            return encodedSize;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Text text && text.value.equals(value);
        }

        @Override
        public int hashCode() {
            return value.hashCode();
        }

        /** The text itself, cut short: for people, not for programs. */
        @Override
        public String toString() {
            return Strings.excerpt(value);
        }
    }

    /** Bytes. */
    final class Binary implements Payload {
        private static final int SHOWN = 32;

        private final byte[] bytes;

        private Binary(byte[] bytes) {
            this.bytes = bytes;
        }

        /** A copy. */
        public byte[] toByteArray() {
            return bytes.clone();
        }

        /** A read-only view, without a copy. */
        public ByteBuffer asByteBuffer() {
            return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
        }

        @Override
        public int size() {
            return bytes.length;
        }

        @Override
        public int encodedSize() {
            return (bytes.length + 2) / 3 * 4;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Binary binary && Arrays.equals(binary.bytes, bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        /** The first bytes in hexadecimal: for people, not for programs. */
        @Override
        public String toString() {
            String start = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, SHOWN));
            return bytes.length <= SHOWN ? start : start + "…";
        }
    }

    /** The payload's bytes, text in UTF-8. A copy. */
    default byte[] utf8() {
        return switch (this) {
            case Text text -> text.value().getBytes(StandardCharsets.UTF_8);
            case Binary binary -> binary.toByteArray();
        };
    }
}
