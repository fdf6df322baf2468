package dev.signalbox.testing.simulator;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Renders answers in the words of each API. */
final class LlmAnswerRenderer {
    private static final JsonMapper JSON = LlmChatRequest.JSON;
    private static final String ID = "chatcmpl-simulated";
    private static final long CREATED = 1_700_000_000;
    private static final String CREATED_AT = "2023-11-14T22:13:20Z";

    private final LlmChatRequest question;
    private final LlmReply.Answer answer;

    LlmAnswerRenderer(LlmChatRequest question, LlmReply.Answer answer) {
        this.question = question;
        this.answer = answer;
    }

    String contentType() {
        if (!question.stream()) {
            return "application/json";
        }
        return question.api() == LlmChatRequest.Api.OLLAMA
                ? "application/x-ndjson"
                : "text/event-stream; charset=utf-8";
    }

    /** One for each event, or the one whole answer. */
    List<byte[]> parts() {
        List<String> parts = question.api() == LlmChatRequest.Api.OLLAMA ? ollama() : openAi();
        return parts.stream().map(part -> part.getBytes(StandardCharsets.UTF_8)).toList();
    }

    private List<String> openAi() {
        return question.stream() ? openAiEvents() : List.of(openAiWhole().toString());
    }

    private List<String> openAiEvents() {
        var events = new ArrayList<JsonNode>();
        if (question.api() == LlmChatRequest.Api.AZURE) {
            events.add(prelude());
        }
        events.add(chunk(delta -> delta.put("role", "assistant").put("content", "")));
        answer.pieces().forEach(piece -> events.add(chunk(delta -> delta.put("content", piece))));
        for (int i = 0; i < answer.toolCalls().size(); i++) {
            toolEvents(i, answer.toolCalls().get(i), events);
        }
        events.add(last());
        if (answer.usage() == LlmReply.UsagePlace.AS_ASKED && question.includeUsage()) {
            ObjectNode counts = envelope("chat.completion.chunk");
            counts.putArray("choices");
            counts.set("usage", usage());
            events.add(counts);
        }
        var texts = new ArrayList<>(
                events.stream().map(event -> "data: " + event + "\n\n").toList());
        texts.add("data: [DONE]\n\n");
        return texts;
    }

    /** Azure says first what its filter thought of the prompt, in an event without choices. */
    private JsonNode prelude() {
        ObjectNode event = JSON.createObjectNode()
                .put("id", "")
                .put("object", "")
                .put("created", 0)
                .put("model", "");
        event.putArray("choices");
        ObjectNode results = event.putArray("prompt_filter_results").addObject().put("prompt_index", 0);
        results.putObject("content_filter_results")
                .putObject("hate")
                .put("filtered", false)
                .put("severity", "safe");
        return event;
    }

    /** Fills the delta of an event. */
    private interface Delta {
        void fill(ObjectNode delta);
    }

    private ObjectNode chunk(Delta content) {
        ObjectNode event = envelope("chat.completion.chunk");
        ObjectNode choice = event.putArray("choices").addObject().put("index", 0);
        content.fill(choice.putObject("delta"));
        choice.putNull("logprobs").putNull("finish_reason");
        if (question.includeUsage()) {
            event.putNull("usage");
        }
        return event;
    }

    private ObjectNode envelope(String type) {
        return JSON.createObjectNode()
                .put("id", ID)
                .put("object", type)
                .put("created", CREATED)
                .put("model", question.model())
                .put("system_fingerprint", "simulated");
    }

    private void toolEvents(int index, LlmReply.ToolCall call, List<JsonNode> events) {
        events.add(chunk(delta -> delta.putArray("tool_calls")
                .addObject()
                .put("index", index)
                .put("id", call.id())
                .put("type", "function")
                .putObject("function")
                .put("name", call.name())
                .put("arguments", "")));
        call.argumentPieces()
                .forEach(piece -> events.add(chunk(delta -> delta.putArray("tool_calls")
                        .addObject()
                        .put("index", index)
                        .putObject("function")
                        .put("arguments", piece))));
    }

    private JsonNode last() {
        ObjectNode event = chunk(delta -> {});
        ((ObjectNode) event.path("choices").path(0)).put("finish_reason", answer.finishReason());
        if (answer.usage() == LlmReply.UsagePlace.WITH_CHOICES) {
            event.set("usage", usage());
        }
        return event;
    }

    private ObjectNode usage() {
        int prompt = question.promptTokens();
        int completion = completionTokens();
        ObjectNode usage = JSON.createObjectNode()
                .put("prompt_tokens", prompt)
                .put("completion_tokens", completion)
                .put("total_tokens", prompt + completion);
        usage.putObject("prompt_tokens_details").put("cached_tokens", 0);
        usage.putObject("completion_tokens_details").put("reasoning_tokens", 0);
        return usage;
    }

    private int completionTokens() {
        return answer.pieces().size() + answer.toolCalls().size();
    }

    private JsonNode openAiWhole() {
        ObjectNode whole = envelope("chat.completion");
        ObjectNode choice = whole.putArray("choices").addObject().put("index", 0);
        ObjectNode message = choice.putObject("message").put("role", "assistant");
        message.put("content", answer.pieces().isEmpty() ? null : String.join("", answer.pieces()));
        message.putNull("refusal");
        if (!answer.toolCalls().isEmpty()) {
            ArrayNode calls = message.putArray("tool_calls");
            answer.toolCalls()
                    .forEach(call -> calls.addObject()
                            .put("id", call.id())
                            .put("type", "function")
                            .putObject("function")
                            .put("name", call.name())
                            .put("arguments", call.arguments()));
        }
        choice.putNull("logprobs").put("finish_reason", answer.finishReason());
        if (answer.usage() != LlmReply.UsagePlace.MISSING) {
            whole.set("usage", usage());
        }
        return whole;
    }

    private List<String> ollama() {
        if (!question.stream()) {
            return List.of(ollamaEnd(String.join("", answer.pieces())).toString());
        }
        var lines = new ArrayList<String>();
        answer.pieces().forEach(piece -> lines.add(ollamaPart(piece).put("done", false) + "\n"));
        lines.add(ollamaEnd("") + "\n");
        return lines;
    }

    private ObjectNode ollamaPart(String text) {
        ObjectNode part = JSON.createObjectNode().put("model", question.model()).put("created_at", CREATED_AT);
        part.putObject("message").put("role", "assistant").put("content", text);
        return part;
    }

    private ObjectNode ollamaEnd(String text) {
        ObjectNode end = ollamaPart(text);
        if (!answer.toolCalls().isEmpty()) {
            ArrayNode calls = ((ObjectNode) end.path("message")).putArray("tool_calls");
            answer.toolCalls()
                    .forEach(call -> calls.addObject()
                            .putObject("function")
                            .put("name", call.name())
                            .set("arguments", JSON.readTree(call.arguments())));
        }
        end.put("done_reason", answer.finishReason().equals("length") ? "length" : "stop");
        end.put("done", true);
        if (answer.usage() != LlmReply.UsagePlace.MISSING) {
            end.put("prompt_eval_count", question.promptTokens()).put("eval_count", completionTokens());
        }
        return end;
    }
}
