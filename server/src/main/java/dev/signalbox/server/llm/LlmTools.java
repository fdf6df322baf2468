package dev.signalbox.server.llm;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.signalbox.router.Address;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.RequestException;
import dev.signalbox.router.Router;
import dev.signalbox.server.configuration.FailureText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tools that models may call, each carried out by a logic of this server. A logic is asked in the name of the client whose
 * question it is, so that a model can do nothing that its client may not do. Immutable and thread-safe.
 */
final class LlmTools {
    /** Calls of one answer; the model is told that the others were not carried out. */
    private static final int MOST_CALLS = 16;

    private static final int LONGEST_RESULT = 64 * 1024;

    /** Tells of a call when it has ended. */
    interface Listener {
        void called(String tool, boolean failed, Duration took);
    }

    private final Map<String, LlmConfig.Tool> tools = new LinkedHashMap<>();
    private final int rounds;
    private final Listener listener;

    /** @param rounds how often the model may call tools for one question */
    LlmTools(List<LlmConfig.Tool> tools, int rounds, Listener listener) {
        tools.forEach(tool -> this.tools.put(tool.name(), tool));
        this.rounds = rounds;
        this.listener = listener;
    }

    int rounds() {
        return rounds;
    }

    /**
     * What a model is offered.
     *
     * @param names empty for all
     * @throws IllegalArgumentException if one of the names is not that of a tool
     */
    List<ToolSpecification> offer(Optional<List<String>> names) {
        return names.orElseGet(() -> List.copyOf(tools.keySet())).stream()
                .distinct()
                .map(name -> specification(tool(name)))
                .toList();
    }

    private LlmConfig.Tool tool(String name) {
        LlmConfig.Tool tool = tools.get(name);
        if (tool == null) {
            throw new IllegalArgumentException("there is no tool '" + name + "'; there are "
                    + (tools.isEmpty() ? "none" : String.join(", ", tools.keySet())));
        }
        return tool;
    }

    private static ToolSpecification specification(LlmConfig.Tool tool) {
        return ToolSpecification.builder()
                .name(tool.name())
                .description(tool.description())
                .parameters(parameters(tool.parameters()))
                .build();
    }

    private static JsonObjectSchema parameters(ObjectNode schema) {
        var parameters = JsonObjectSchema.builder();
        schema.path("properties")
                .properties()
                .forEach(property -> parameters.addProperty(
                        property.getKey(),
                        JsonRawSchema.from(property.getValue().toString())));
        List<String> required = new ArrayList<>();
        schema.path("required").forEach(name -> required.add(name.asString("")));
        return parameters.required(required).build();
    }

    /**
     * Carries out the calls of one answer, all at the same time. Completes when the last has ended, in the order of the calls;
     * what fails completes with words for the model. To cancel the future ends the wait.
     *
     * @param offered those that the model was offered
     * @param within how long it may take, whatever the tools' own times are
     */
    CompletableFuture<List<ToolExecutionResultMessage>> carryOut(
            List<ToolExecutionRequest> calls,
            List<ToolSpecification> offered,
            Message question,
            Router router,
            Duration within) {
        List<CompletableFuture<ToolExecutionResultMessage>> results = new ArrayList<>();
        for (ToolExecutionRequest call : calls) {
            boolean known = offered.stream().anyMatch(tool -> tool.name().equals(call.name()));
            if (!known) {
                results.add(CompletableFuture.completedFuture(error(call, "there is no tool of this name")));
            } else if (results.size() >= MOST_CALLS) {
                results.add(CompletableFuture.completedFuture(
                        error(call, "not carried out: at most " + MOST_CALLS + " calls at a time")));
            } else {
                results.add(carryOut(call, tool(call.name()), question, router, within));
            }
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .thenApply(all -> results.stream().map(CompletableFuture::join).toList());
    }

    private CompletableFuture<ToolExecutionResultMessage> carryOut(
            ToolExecutionRequest call, LlmConfig.Tool tool, Message question, Router router, Duration within) {
        long began = System.nanoTime();
        String arguments = call.arguments() == null || call.arguments().isBlank() ? "{}" : call.arguments();
        Message asked = Message.of(question.source(), Address.logic(tool.logic()), Payload.text(arguments));
        for (Map.Entry<String, Object> tag : question.tags().entrySet()) {
            asked = asked.withTag(tag.getKey(), tag.getValue());
        }
        Duration wait = tool.timeout().compareTo(within) < 0 ? tool.timeout() : within;
        return router.request(asked, wait)
                .handle((reply, failure) -> failure == null ? result(call, reply) : error(call, reason(failure, wait)))
                .whenComplete((result, failure) -> listener.called(
                        tool.name(),
                        result == null || Boolean.TRUE.equals(result.isError()),
                        Duration.ofNanos(System.nanoTime() - began)))
                .toCompletableFuture();
    }

    private static ToolExecutionResultMessage result(ToolExecutionRequest call, Message reply) {
        if (!(reply.payload() instanceof Payload.Text text)) {
            return error(call, "the answer is bytes, not text");
        }
        String whole = text.value();
        String cut = whole.length() <= LONGEST_RESULT ? whole : whole.substring(0, LONGEST_RESULT) + " … (cut)";
        return ToolExecutionResultMessage.from(call, cut);
    }

    private static String reason(Throwable failure, Duration wait) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof RequestException refused
                ? FailureText.of(refused)
                : "it failed within " + wait + "; the server's log says why";
    }

    private static ToolExecutionResultMessage error(ToolExecutionRequest call, String reason) {
        return ToolExecutionResultMessage.builder()
                .id(call.id())
                .toolName(call.name())
                .text(JsonMapper.shared()
                        .createObjectNode()
                        .put("error", reason)
                        .toString())
                .isError(true)
                .build();
    }
}
