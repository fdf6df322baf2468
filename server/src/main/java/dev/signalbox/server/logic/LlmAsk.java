package dev.signalbox.server.logic;

import dev.signalbox.llm.LlmParameters;
import dev.signalbox.llm.LlmRequest;
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

    /** @throws IllegalArgumentException saying what is wrong with it */
    static LlmAsk parse(String text, String client) {
        JsonNode json = json(text);
        if (!json.isObject()) {
            return new LlmAsk("", Optional.of(question(text, client)), 0);
        }
        String cancelled = json.path("cancel").asString("");
        if (!cancelled.isEmpty()) {
            return new LlmAsk(cancelled, Optional.empty(), 0);
        }
        String id = json.path("id").asString("");
        int window = json.path("window").asInt(0);
        require(id.length() <= LONGEST_ID, "id is longer than " + LONGEST_ID + " characters");
        require(window >= 0 && window <= LARGEST_WINDOW, "window must be 0 to " + LARGEST_WINDOW);
        return new LlmAsk(id, Optional.of(request(json, client)), window);
    }

    private static JsonNode json(String text) {
        try {
            return JsonMapper.shared().readTree(text);
        } catch (JacksonException plainText) {
            return JsonMapper.shared().missingNode();
        }
    }

    private static LlmRequest question(String text, String client) {
        require(!text.isBlank(), "the question is empty");
        return LlmRequest.of(text).withClient(client);
    }

    private static LlmRequest request(JsonNode json, String client) {
        LlmRequest plain = question(json.path("ask").asString(""), client).withParameters(parameters(json));
        String system = json.path("system").asString("");
        LlmRequest instructed = system.isBlank() ? plain : plain.withSystem(system);
        String model = json.path("model").asString("");
        return model.isEmpty() ? instructed : instructed.withModels(model);
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
