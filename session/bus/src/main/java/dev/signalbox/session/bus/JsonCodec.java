package dev.signalbox.session.bus;

import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** Values as JSON. Thread-safe. */
final class JsonCodec<T> implements Codec<T> {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final ObjectWriter writer;
    private final ObjectReader reader;

    private JsonCodec(ObjectWriter writer, ObjectReader reader) {
        this.writer = writer;
        this.reader = reader;
    }

    static <T> JsonCodec<T> of(Class<T> type) {
        return new JsonCodec<>(MAPPER.writerFor(type), MAPPER.readerFor(type));
    }

    static JsonCodec<Map<String, String>> ofHeaders() {
        TypeReference<Map<String, String>> type = new TypeReference<>() {};
        return new JsonCodec<>(MAPPER.writerFor(type), MAPPER.readerFor(type));
    }

    @Override
    public byte[] encode(T value) {
        return writer.writeValueAsBytes(value);
    }

    @Override
    public T decode(byte[] bytes) {
        return reader.readValue(bytes);
    }

    String encodeText(T value) {
        return writer.writeValueAsString(value);
    }

    T decodeText(String text) {
        return reader.readValue(text);
    }
}
