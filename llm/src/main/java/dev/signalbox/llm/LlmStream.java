package dev.signalbox.llm;

import java.util.concurrent.CompletionStage;

/** A streamed answer on its way. Thread-safe. */
public interface LlmStream {
    /**
     * Ends it: the connection to the provider is closed, and the listener hears {@link LlmException.Cancelled} once a call
     * that it may be in has returned. Never blocks.
     *
     * @return false if the whole answer or an error was there before
     */
    boolean cancel();

    /** Completes after the listener's last call, with the answer or an {@link LlmException}. */
    CompletionStage<LlmResponse> result();
}
