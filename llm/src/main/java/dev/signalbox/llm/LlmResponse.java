package dev.signalbox.llm;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.output.FinishReason;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An answer, whole. Immutable.
 *
 * @param message text, tool calls and reasoning, ready to be added to the next request
 * @param metadata how it came about
 */
public record LlmResponse(AiMessage message, Metadata metadata) {

    /** Its text; empty if it only calls tools or refuses. */
    public String text() {
        return message.text() == null ? "" : message.text();
    }

    /**
     * How an answer came about.
     *
     * @param model the name of the model in the client
     * @param modelId what the provider calls the model that answered
     * @param id the provider's id of the completion
     * @param type what the provider calls the completion, such as {@code chat.completion.chunk}
     * @param finishReason empty if the provider closed the answer in order but gave none
     * @param refusal the model's own words on why it does not answer
     * @param usage empty if the provider did not count
     * @param cost of this answer, by the provider's count; empty without a count or a price
     * @param latency from the call to the end of the answer, with everything that was tried before
     * @param timeToFirstToken from the start of the attempt that answered to its first text, reasoning or tool call; empty
     *     for an answer that did not stream
     * @param attempts all of them, the one that answered last
     */
    public record Metadata(
            String model,
            Optional<String> modelId,
            Optional<String> id,
            Optional<String> type,
            Optional<FinishReason> finishReason,
            Optional<String> refusal,
            Optional<LlmUsage> usage,
            Optional<BigDecimal> cost,
            Duration latency,
            Optional<Duration> timeToFirstToken,
            List<LlmAttempt> attempts) {}
}
