package dev.signalbox.llm;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ResponseFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A question. Messages, tools and the format of the answer are LangChain4j's own types and pass through as they are.
 * Immutable.
 *
 * @param messages at least one; a system message, if any, is the first
 * @param models the names of the models to ask, in order; empty for the client's own order
 * @param client whose budget it takes from; at most 256 characters
 * @param parameters what goes before the model's own parameters
 * @param tools what the model may call
 * @param format such as a JSON schema
 * @param budget for this call alone, all its attempts together
 * @param restartable whether a stream that broke after its first text may start again from the beginning; then
 *     {@link LlmStreamListener#onRestart} says so
 */
public record LlmRequest(
        List<ChatMessage> messages,
        List<String> models,
        Optional<String> client,
        LlmParameters parameters,
        List<ToolSpecification> tools,
        Optional<ResponseFormat> format,
        Optional<LlmBudget> budget,
        boolean restartable) {
    private static final int LONGEST_CLIENT = 256;

    /**
     * Checks it.
     *
     * @throws IllegalArgumentException if there is no message, or the client's name is too long
     */
    public LlmRequest {
        messages = List.copyOf(messages);
        models = List.copyOf(models);
        tools = List.copyOf(tools);
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("messages is empty; a request needs at least one");
        }
        if (client.filter(name -> name.length() > LONGEST_CLIENT).isPresent()) {
            throw new IllegalArgumentException("client is longer than " + LONGEST_CLIENT + " characters");
        }
    }

    /**
     * One message of a user.
     *
     * @throws IllegalArgumentException if the question is blank
     */
    public static LlmRequest of(String question) {
        return of(List.of(UserMessage.from(question)));
    }

    public static LlmRequest of(List<ChatMessage> messages) {
        return new LlmRequest(
                messages,
                List.of(),
                Optional.empty(),
                LlmParameters.NONE,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                false);
    }

    /** With a system prompt before everything else. */
    public LlmRequest withSystem(String prompt) {
        var all = new ArrayList<ChatMessage>(messages.size() + 1);
        all.add(SystemMessage.from(prompt));
        all.addAll(messages);
        return new LlmRequest(all, models, client, parameters, tools, format, budget, restartable);
    }

    /** With one more message at the end. */
    public LlmRequest withMessage(ChatMessage message) {
        var all = new ArrayList<>(messages);
        all.add(message);
        return new LlmRequest(all, models, client, parameters, tools, format, budget, restartable);
    }

    public LlmRequest withModels(String... names) {
        return new LlmRequest(messages, List.of(names), client, parameters, tools, format, budget, restartable);
    }

    public LlmRequest withClient(String value) {
        return new LlmRequest(messages, models, Optional.of(value), parameters, tools, format, budget, restartable);
    }

    public LlmRequest withParameters(LlmParameters value) {
        return new LlmRequest(messages, models, client, value, tools, format, budget, restartable);
    }

    public LlmRequest withTools(ToolSpecification... value) {
        return new LlmRequest(messages, models, client, parameters, List.of(value), format, budget, restartable);
    }

    public LlmRequest withFormat(ResponseFormat value) {
        return new LlmRequest(messages, models, client, parameters, tools, Optional.of(value), budget, restartable);
    }

    public LlmRequest withBudget(LlmBudget value) {
        return new LlmRequest(messages, models, client, parameters, tools, format, Optional.of(value), restartable);
    }

    public LlmRequest withRestarts() {
        return new LlmRequest(messages, models, client, parameters, tools, format, budget, true);
    }
}
