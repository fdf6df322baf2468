package dev.signalbox.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts the tool calls of a stream together. LangChain4j takes the first call of an event only and tells
 * calls apart by their index only, so calls side by side come out merged or are lost.
 *
 * <p>A piece belongs to the call of its index. Servers deviate: they leave the index out, give each call the index 0, or
 * repeat id and name in each piece. So another id begins another call, and without an id, another name after arguments
 * does; a piece without index, id and name continues the last call. Written by one thread after the other; the bound is that of the stream.
 */
final class ToolCallAssembler {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FIELD = "\"tool_calls\"";
    private static final int NO_INDEX = -1;

    private final List<Call> calls = new ArrayList<>();

    /** One call, as far as it has come. */
    private static final class Call {
        private final int index;
        private String id = "";
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();

        Call(int index) {
            this.index = index;
        }

        boolean isOther(String otherId, String otherName) {
            boolean otherCall = !otherId.isEmpty() && !id.isEmpty() && !otherId.equals(id);
            boolean begunAnew = otherId.isEmpty() && index == NO_INDEX && !otherName.isEmpty() && !arguments.isEmpty();
            return otherCall || begunAnew;
        }

        /** A name comes whole, or whole again, or in pieces. */
        void add(String moreId, String moreName, String moreArguments) {
            id = id.isEmpty() ? moreId : id;
            name = name.equals(moreName) ? name : name + moreName;
            arguments.append(moreArguments);
        }

        ToolExecutionRequest build() {
            return ToolExecutionRequest.builder()
                    .id(id.isEmpty() ? null : id)
                    .name(name)
                    .arguments(arguments.isEmpty() ? "{}" : arguments.toString())
                    .build();
        }
    }

    /** Takes the tool calls out of an event. Returns the event without them, or as it was if it has none. */
    String take(String event) throws JsonProcessingException {
        if (!event.contains(FIELD)) {
            return event;
        }
        JsonNode json = JSON.readTree(event);
        JsonNode delta = json.path("choices").path(0).path("delta");
        JsonNode pieces = delta.path("tool_calls");
        if (!pieces.isArray() || pieces.isEmpty()) {
            return event;
        }
        pieces.forEach(this::add);
        ((ObjectNode) delta).remove("tool_calls");
        return json.toString();
    }

    /** Notes the tool calls of a line of Ollama, where each is whole; LangChain4j keeps the last one only. */
    void note(String line) throws JsonProcessingException {
        if (line.contains(FIELD)) {
            JSON.readTree(line).path("message").path("tool_calls").forEach(whole -> {
                JsonNode function = whole.path("function");
                begin(NO_INDEX)
                        .add(text(whole.path("id")), text(function.path("name")), text(function.path("arguments")));
            });
        }
    }

    private void add(JsonNode piece) {
        int index = piece.path("index").asInt(NO_INDEX);
        String id = text(piece.path("id"));
        String name = text(piece.path("function").path("name"));
        Call call = newest(index, id).filter(it -> !it.isOther(id, name)).orElseGet(() -> begin(index));
        call.add(id, name, text(piece.path("function").path("arguments")));
    }

    /** Some servers send arguments as an object, not as text. */
    private static String text(JsonNode value) {
        if (value.isContainerNode()) {
            return value.toString();
        }
        return value.isTextual() ? value.asText() : "";
    }

    private Optional<Call> newest(int index, String id) {
        for (Call call : calls.reversed()) {
            boolean sameId = !id.isEmpty() && id.equals(call.id);
            if (sameId || call.index == index) {
                return Optional.of(call);
            }
        }
        return index == NO_INDEX && id.isEmpty() && !calls.isEmpty() ? Optional.of(calls.getLast()) : Optional.empty();
    }

    private Call begin(int index) {
        var call = new Call(index);
        calls.add(call);
        return call;
    }

    boolean isEmpty() {
        return calls.isEmpty();
    }

    List<ToolExecutionRequest> calls() {
        var built = new ArrayList<ToolExecutionRequest>();
        calls.forEach(call -> built.add(call.build()));
        return built;
    }
}
