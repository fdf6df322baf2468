package dev.signalbox.session.bus;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Turns events into bytes and back. Thread-safe. Failures are thrown as any exception; the bus says which event it was. */
public interface Codec<T> {

    /** Bytes that nobody changes afterwards. */
    byte[] encode(T value) throws Exception;

    /** The bytes are shared with other readers and must not be changed. */
    T decode(byte[] bytes) throws Exception;

    /**
     * JSON, with Jackson: records, beans, maps, lists, {@code JsonNode}. Fields that the type does not have are ignored, so
     * that events may gain some.
     */
    static <T> Codec<T> json(Class<T> type) {
        return JsonCodec.of(type);
    }

    /** Text as UTF-8. */
    static Codec<String> text() {
        return new Codec<>() {
            @Override
            public byte[] encode(String value) {
                return value.getBytes(UTF_8);
            }

            @Override
            public String decode(byte[] bytes) {
                return new String(bytes, UTF_8);
            }
        };
    }

    /** The bytes themselves: not copied, so they must not be changed. */
    static Codec<byte[]> bytes() {
        return new Codec<>() {
            @Override
            public byte[] encode(byte[] value) {
                return value;
            }

            @Override
            public byte[] decode(byte[] bytes) {
                return bytes;
            }
        };
    }
}
