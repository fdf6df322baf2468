package dev.signalbox.server.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How JSON is read and written here: strict in, absent members left out. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_ABSENT))
            .build();

    private Json() {}

    /** Where and why a text is not JSON; line and column count from 1. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;
        public final int line;
        public final int column;

        private Malformed(JacksonException cause) {
            super(reason(cause), cause);
            TokenStreamLocation location = cause.getLocation();
            line = location == null ? 1 : location.getLineNr();
            column = location == null ? 1 : location.getColumnNr();
        }

        private static String reason(JacksonException cause) {
            return String.valueOf(cause.getOriginalMessage())
                    .lines()
                    .findFirst()
                    .orElse("it ends too early");
        }
    }

    public static JsonNode read(String text) throws Malformed {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException malformed) {
            throw new Malformed(malformed);
        }
    }

    public static byte[] write(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    public static void send(Response response, Object value) throws IOException {
        send(response, 200, "application/json", value);
    }

    public static void send(Response response, int status, Object value) throws IOException {
        send(response, status, "application/json", value);
    }

    public static void send(Response response, Problem problem) throws IOException {
        problem.headers().forEach(response::header);
        send(response, problem.status(), "application/problem+json", problem.document());
    }

    private static void send(Response response, int status, String type, Object value) throws IOException {
        response.status(status).header("Content-Type", type).send(write(value));
    }

    public static String text(Object value) {
        return new String(write(value), StandardCharsets.UTF_8);
    }
}
