package dev.signalbox.llm;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import java.nio.charset.StandardCharsets;

/**
 * The most tokens that a prompt can be: reserved before an attempt, and charged after it where the provider does not count. No tokenizer of these models makes more than one token of a byte, so the bytes of
 * the text bound it, with some for the frame around each message. For English that is about four times the truth, which
 * only matters to the last few calls before a limit: a reservation lasts as long as its attempt.
 */
final class Estimate {
    /** Role and separators of a message. */
    private static final long FRAME = 16;

    /** For an image or the like, whose size in tokens is the provider's secret: more than the largest known. */
    private static final long MEDIA = 16 * 1024;

    private Estimate() {}

    static long promptTokens(LlmRequest request) {
        long messages = request.messages().stream().mapToLong(Estimate::message).sum();
        long tools = request.tools().stream()
                .mapToLong(tool -> FRAME * 4 + bytes(tool.toString()))
                .sum();
        long format = request.format().map(it -> bytes(it.toString())).orElse(0L);
        return FRAME + messages + tools + format;
    }

    private static long message(ChatMessage message) {
        return FRAME
                + switch (message) {
                    case SystemMessage it -> bytes(it.text());
                    case UserMessage it ->
                        it.contents().stream().mapToLong(Estimate::content).sum();
                    case AiMessage it -> bytes(it.toString());
                    case ToolExecutionResultMessage it -> bytes(it.toString());
                    default -> MEDIA + bytes(message.toString());
                };
    }

    private static long content(Content content) {
        return content instanceof TextContent it ? bytes(it.text()) : MEDIA + bytes(content.toString());
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
