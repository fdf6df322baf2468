package dev.signalbox.server.llm;

import dev.signalbox.llm.LlmException;
import dev.signalbox.llm.LlmResponse;
import dev.signalbox.router.Payload;
import dev.signalbox.server.configuration.FailureText;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What is said about a question, as JSON. */
public final class LlmFrames {
    private static final JsonMapper JSON = JsonMapper.shared();

    private LlmFrames() {}

    static Payload delta(String id, long number, String text) {
        return payload(frame(id, "delta").put("n", number).put("text", text));
    }

    static Payload tool(String id, String name) {
        return payload(frame(id, "tool").put("name", name));
    }

    static Payload restart(String id) {
        return payload(frame(id, "restart"));
    }

    static Payload done(String id, LlmResponse response) {
        return payload(fill(frame(id, "done"), response));
    }

    static Payload error(String id, LlmException error) {
        ObjectNode frame = frame(id, "error")
                .put("code", LlmErrors.code(error))
                .put("message", FailureText.of(error))
                .put("attempts", error.attempts().size());
        if (error instanceof LlmException.RateLimited limited) {
            limited.retryAfter().ifPresent(wait -> frame.put("retryAfterMs", wait.toMillis()));
        }
        return payload(frame);
    }

    static Payload refused(String id, String code, String message) {
        return payload(
                frame(id, "error").put("code", code).put("message", message).put("attempts", 0));
    }

    private static ObjectNode frame(String id, String type) {
        return JSON.createObjectNode().put("id", id).put("type", type);
    }

    private static Payload payload(ObjectNode frame) {
        return Payload.text(frame.toString());
    }

    /** An answer with its metadata. */
    public static ObjectNode of(LlmResponse response) {
        return fill(JSON.createObjectNode(), response);
    }

    private static ObjectNode fill(ObjectNode frame, LlmResponse response) {
        LlmResponse.Metadata metadata = response.metadata();
        frame.put("text", response.text()).put("model", metadata.model());
        metadata.modelId().ifPresent(id -> frame.put("modelId", id));
        metadata.id().ifPresent(id -> frame.put("completionId", id));
        metadata.type().ifPresent(type -> frame.put("completionType", type));
        metadata.finishReason()
                .ifPresent(reason -> frame.put("finishReason", reason.name().toLowerCase(Locale.ROOT)));
        metadata.refusal().ifPresent(words -> frame.put("refusal", words));
        metadata.usage()
                .ifPresent(usage -> frame.putObject("usage")
                        .put("input", usage.input())
                        .put("cachedInput", usage.cachedInput())
                        .put("output", usage.output())
                        .put("reasoning", usage.reasoning()));
        metadata.cost()
                .ifPresent(cost -> frame.put("cost", cost.stripTrailingZeros().toPlainString()));
        metadata.timeToFirstToken().ifPresent(time -> frame.put("firstTokenMs", time.toMillis()));
        return frame.put("latencyMs", metadata.latency().toMillis())
                .put("attempts", metadata.attempts().size());
    }
}
