package dev.signalbox.llm;

/**
 * Watches an {@link LlmClient}, for metrics and logs. Called on the threads that make the calls: it must not block. What it
 * throws is logged and otherwise ignored.
 */
public interface LlmListener {
    /** Hears nothing. */
    LlmListener NONE = new LlmListener() {};

    /** An attempt ended, one way or the other. */
    default void attempted(LlmAttempt attempt) {}

    /** A call ended with an answer. */
    default void answered(LlmResponse response) {}

    /** A call ended without one. */
    default void failed(LlmException error) {}

    /** A model's circuit opened: it is not asked for a while. Or closed again: it answers. */
    default void circuit(String model, boolean open) {}
}
