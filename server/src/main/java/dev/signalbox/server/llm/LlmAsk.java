package dev.signalbox.server.llm;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.signalbox.llm.LlmParameters;
import dev.signalbox.llm.LlmRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a client wants of {@code logic:llm}.
 *
 * @param id the client's own name for the question
 * @param window how many pieces may be unacknowledged; 0 for pieces that need no acknowledgement
 */
record LlmAsk(String id, Optional<LlmRequest> question, int window) {
    static final int LARGEST_WINDOW = 64;
    private static final int LONGEST_ID = 64;
    private static final int LONGEST_HISTORY = 200;

    /**
     * Reads what a client said.
     *
     * @param tools of which the question may name some; all are offered unless it does
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static LlmAsk parse(String text, String client, LlmTools tools) {
        JsonNode json = json(text);
        if (!json.isObject()) {
            return new LlmAsk("", Optional.of(question(text, client, tools)), 0);
        }
        String cancelled = json.path("cancel").asString("");
        if (!cancelled.isEmpty()) {
            return new LlmAsk(cancelled, Optional.empty(), 0);
        }
        String id = json.path("id").asString("");
        int window = json.path("window").asInt(0);
        require(id.length() <= LONGEST_ID, "id is longer than " + LONGEST_ID + " characters");
        require(window >= 0 && window <= LARGEST_WINDOW, "window must be 0 to " + LARGEST_WINDOW);
        return new LlmAsk(id, Optional.of(request(json, client, tools)), window);
    }

    private static JsonNode json(String text) {
        try {
            return JsonMapper.shared().readTree(text);
        } catch (JacksonException plainText) {
            return JsonMapper.shared().missingNode();
        }
    }

    private static LlmRequest question(String text, String client, LlmTools tools) {
        require(!text.isBlank(), "the question is empty");
        return LlmRequest.of(text).withClient(client).withTools(offered(tools, Optional.empty()));
    }

    private static ToolSpecification[] offered(LlmTools tools, Optional<List<String>> names) {
        return tools.offer(names).toArray(ToolSpecification[]::new);
    }

    private static Optional<List<String>> names(JsonNode tools) {
        require(tools.isMissingNode() || tools.isArray(), "tools must be a list of names");
        List<String> names = new ArrayList<>();
        tools.forEach(name -> names.add(name.asString("")));
        return tools.isArray() ? Optional.of(names) : Optional.empty();
    }

    private static LlmRequest request(JsonNode json, String client, LlmTools tools) {
        String question = json.path("ask").asString("");
        require(!question.isBlank(), "the question is empty");
        List<ChatMessage> messages = new ArrayList<>();
        String system = json.path("system").asString("");
        if (!system.isBlank()) {
            messages.add(SystemMessage.from(system));
        }
        messages.addAll(history(json.path("history")));
        messages.add(UserMessage.from(question));
        LlmRequest plain = LlmRequest.of(messages)
                .withClient(client)
                .withParameters(parameters(json))
                .withTools(offered(tools, names(json.path("tools"))));
        LlmRequest formatted = json.has("schema") ? plain.withFormat(format(json.path("schema"))) : plain;
        String model = json.path("model").asString("");
        return model.isEmpty() ? formatted : formatted.withModels(model);
    }

    private static List<ChatMessage> history(JsonNode turns) {
        require(turns.isMissingNode() || turns.isArray(), "history must be a list of {\"role\", \"text\"}");
        require(turns.size() <= LONGEST_HISTORY, "history is longer than " + LONGEST_HISTORY + " turns");
        List<ChatMessage> history = new ArrayList<>();
        turns.forEach(turn -> history.add(turn(turn)));
        return history;
    }

    private static ChatMessage turn(JsonNode turn) {
        String text = turn.path("text").asString("");
        require(!text.isBlank(), "a turn of history has no text");
        return switch (turn.path("role").asString("")) {
            case "user" -> UserMessage.from(text);
            case "assistant" -> AiMessage.from(text);
            default -> throw new IllegalArgumentException("a turn of history has a role other than user and assistant");
        };
    }

    private static ResponseFormat format(JsonNode schema) {
        require(schema.isObject(), "schema must be a JSON schema, an object");
        return ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(JsonSchema.builder()
                        .name("answer")
                        .rootElement(JsonRawSchema.from(schema.toString()))
                        .build())
                .build();
    }

    private static LlmParameters parameters(JsonNode json) {
        LlmParameters parameters = LlmParameters.NONE;
        if (json.has("maxTokens")) {
            parameters = parameters.withMaxTokens(json.path("maxTokens").asInt(0));
        }
        if (json.has("temperature")) {
            parameters = parameters.withTemperature(json.path("temperature").asDouble(-1));
        }
        return parameters;
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException(problem);
        }
    }
}
