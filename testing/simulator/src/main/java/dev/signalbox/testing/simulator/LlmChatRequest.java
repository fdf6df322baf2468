package dev.signalbox.testing.simulator;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a request to the simulated language model asks for. */
record LlmChatRequest(Api api, String model, boolean stream, boolean includeUsage, JsonNode body) {
    static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String DEPLOYMENTS = "/openai/deployments/";

    /** Whose words it speaks. */
    enum Api {
        OPENAI,
        AZURE,
        OLLAMA
    }

    /** Empty if the body is not a request. */
    static Optional<LlmChatRequest> of(Api api, String path, String body) {
        try {
            JsonNode json = JSON.readTree(body);
            if (!json.path("messages").isArray() || json.path("messages").isEmpty()) {
                return Optional.empty();
            }
            String model = api == Api.AZURE
                    ? path.substring(DEPLOYMENTS.length(), path.indexOf("/chat/"))
                    : json.path("model").asString("");
            boolean stream = json.path("stream").asBoolean(api == Api.OLLAMA);
            return Optional.of(new LlmChatRequest(
                    api,
                    "simulated-" + model,
                    stream,
                    json.path("stream_options").path("include_usage").asBoolean(false),
                    json));
        } catch (JacksonException notJson) {
            return Optional.empty();
        }
    }

    /** The text of the last message. */
    String text() {
        JsonNode content =
                body.path("messages").path(body.path("messages").size() - 1).path("content");
        return content.isArray() ? content.path(0).path("text").asString("") : content.asString("");
    }

    /** Four characters a token, as a rule of thumb. */
    int promptTokens() {
        return Math.max(1, body.path("messages").toString().length() / 4);
    }

    /** The smallest value that fits the schema that was asked for, if one was. */
    Optional<String> schemaAnswer() {
        JsonNode schema = api == Api.OLLAMA
                ? body.path("format")
                : body.path("response_format").path("json_schema").path("schema");
        return schema.isObject() ? Optional.of(example(schema).toString()) : Optional.empty();
    }

    private static JsonNode example(JsonNode schema) {
        if (schema.path("enum").isArray() && !schema.path("enum").isEmpty()) {
            return schema.path("enum").path(0);
        }
        return switch (type(schema)) {
            case "object" -> object(schema);
            case "array" -> JSON.createArrayNode().add(example(schema.path("items")));
            case "integer", "number" -> JSON.getNodeFactory().numberNode(0);
            case "boolean" -> JSON.getNodeFactory().booleanNode(true);
            case "null" -> JSON.getNodeFactory().nullNode();
            default -> JSON.getNodeFactory().stringNode("simulated");
        };
    }

    /** The first, where there are several. */
    private static String type(JsonNode schema) {
        JsonNode type = schema.path("type");
        return (type.isArray() ? type.path(0) : type).asString("");
    }

    private static ObjectNode object(JsonNode schema) {
        ObjectNode object = JSON.createObjectNode();
        schema.path("properties").properties().forEach(entry -> object.set(entry.getKey(), example(entry.getValue())));
        return object;
    }
}
