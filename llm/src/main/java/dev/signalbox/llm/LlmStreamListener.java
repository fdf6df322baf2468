package dev.signalbox.llm;

import dev.langchain4j.agent.tool.ToolExecutionRequest;

/**
 * Hears a streamed answer. Calls come one at a time, though on several threads, all of them virtual or of the provider's
 * transport; exactly one of {@link #onDone} and {@link #onError} is the last. A call that blocks holds back the stream,
 * down to the provider's socket, and does not count as silence of the provider.
 *
 * <p>What {@link #onText} and the like throw ends the call with {@link LlmException.Cancelled}.
 */
public interface LlmStreamListener {
    /** The next piece of the text, never empty. */
    void onText(String piece);

    /** The next piece of the model's reasoning, where it shows it. */
    default void onThinking(String piece) {}

    /** A tool call, complete. */
    default void onToolCall(ToolExecutionRequest call) {}

    /** What was heard so far is void, the answer starts anew. Only with {@link LlmRequest#restartable()}. */
    default void onRestart(LlmAttempt broken) {}

    /** The whole answer. */
    void onDone(LlmResponse response);

    /** There will be no more. What was heard before is not a whole answer. */
    void onError(LlmException error);
}
