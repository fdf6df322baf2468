package dev.signalbox.client;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/** The frames of docs/protocol.md in JSON. */
final class Frames {
    private static final JsonMapper JSON = JsonMapper.shared();

    private Frames() {}

    static ObjectNode frame(String type) {
        return JSON.createObjectNode().put("type", type);
    }

    static ObjectNode frame(String type, Draft draft) {
        ObjectNode frame = frame(type);
        switch (draft.payload()) {
            case Payload.Text(String value) -> frame.put("text", value);
            case Payload.Json(String value) -> frame.putRawValue("json", new RawValue(value));
            case Payload.Binary bytes -> frame.put("base64", Base64.getEncoder().encodeToString(bytes.toByteArray()));
        }
        if (!draft.headers().isEmpty()) {
            ObjectNode headers = frame.putObject("headers");
            draft.headers().forEach(headers::put);
        }
        return frame;
    }

    static String text(ObjectNode frame) {
        return JSON.writeValueAsString(frame);
    }

    /**
     * Reads one JSON object after another.
     *
     * @throws tools.jackson.core.JacksonException if it is something else
     */
    static void each(String text, Consumer<JsonNode> frame) {
        try (MappingIterator<JsonNode> frames = JSON.readerFor(JsonNode.class).readValues(text)) {
            while (frames.hasNext()) {
                frame.accept(frames.next());
            }
        }
    }

    static Message message(JsonNode frame) {
        Map<String, String> headers = new HashMap<>();
        frame.path("headers")
                .properties()
                .forEach(each -> headers.put(each.getKey(), each.getValue().asString()));
        JsonNode offset = frame.get("offset");
        return new Message(
                frame.path("id").asString(""),
                frame.path("from").asString(""),
                optional(frame, "topic"),
                offset == null ? OptionalLong.empty() : OptionalLong.of(offset.asLong()),
                optional(frame, "in"),
                headers,
                payload(frame));
    }

    private static Payload payload(JsonNode frame) {
        JsonNode text = frame.get("text");
        return text == null
                ? Payload.binary(Base64.getDecoder().decode(frame.path("base64").asString("")))
                : Payload.text(text.asString());
    }

    static Optional<String> optional(JsonNode frame, String field) {
        return Optional.ofNullable(string(frame, field));
    }

    static @Nullable String string(JsonNode frame, String field) {
        JsonNode value = frame.get(field);
        return value == null || value.isNull() ? null : value.asString();
    }

    static Position position(JsonNode frame) {
        return new Position(
                frame.path("epoch").asString(""), frame.path("offset").asLong(0));
    }

    static Published published(JsonNode frame) {
        return new Published(position(frame), frame.path("repeated").asBoolean(false));
    }

    static Sent sent(JsonNode frame) {
        return new Sent(
                frame.path("message").asString(""), frame.path("accepted").asInt(0));
    }

    static Presence presence(JsonNode frame) {
        List<String> clients = new ArrayList<>();
        frame.path("clients").forEach(each -> clients.add(each.asString()));
        return new Presence(clients, frame.path("count").asInt(0));
    }

    static RefusedException refusal(JsonNode frame) {
        return new RefusedException(
                frame.path("code").asString(""), frame.path("message").asString(""), string(frame, "target"));
    }
}
