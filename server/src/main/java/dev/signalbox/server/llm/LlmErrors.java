package dev.signalbox.server.llm;

import dev.signalbox.llm.LlmException;

/** What a failure is called in messages, metrics and the command's output. The names do not change. */
public final class LlmErrors {
    private LlmErrors() {}

    public static String code(LlmException error) {
        return switch (error) {
            case LlmException.Authentication it -> "authentication";
            case LlmException.RateLimited it -> "rate-limited";
            case LlmException.ContextTooLong it -> "context-too-long";
            case LlmException.ContentFiltered it -> "content-filtered";
            case LlmException.Timeout it -> "timeout";
            case LlmException.Unavailable it -> "unavailable";
            case LlmException.Budget it -> "budget";
            case LlmException.Cancelled it -> "cancelled";
            case LlmException.BadRequest it -> "bad-request";
        };
    }
}
