package dev.signalbox.testing.simulator;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What the simulated language model does with one request. */
public sealed interface LlmReply {

    /**
     * An answer, streamed or whole as the request wants it, in the words of the API that was asked.
     *
     * @param pieces of the text, one event each
     * @param toolCalls after the text
     * @param finishReason such as {@code stop}; {@code tool_calls} if there are any
     * @param usage where the counts of a stream are
     * @param pace the time between two events
     */
    record Answer(List<String> pieces, List<ToolCall> toolCalls, String finishReason, UsagePlace usage, Duration pace)
            implements LlmReply {
        public Answer {
            pieces = List.copyOf(pieces);
            toolCalls = List.copyOf(toolCalls);
        }

        public Answer withToolCall(String id, String name, String... argumentPieces) {
            return new Answer(
                    pieces, List.of(new ToolCall(id, name, List.of(argumentPieces))), "tool_calls", usage, pace);
        }

        public Answer withUsage(UsagePlace value) {
            return new Answer(pieces, toolCalls, finishReason, value, pace);
        }

        public Answer withFinishReason(String value) {
            return new Answer(pieces, toolCalls, value, usage, pace);
        }

        public Answer withPace(Duration value) {
            return new Answer(pieces, toolCalls, finishReason, usage, value);
        }
    }

    /** A call of a tool; its arguments stream in pieces. */
    record ToolCall(String id, String name, List<String> argumentPieces) {
        String arguments() {
            return String.join("", argumentPieces);
        }
    }

    /** Where the counts of a stream are. */
    enum UsagePlace {
        /** In an event of its own without choices, if the request asks for it: what OpenAI does. */
        AS_ASKED,
        /** In the event that ends the choice. */
        WITH_CHOICES,
        /** Nowhere. */
        MISSING
    }

    /** An error, or whatever else has a status and a body. */
    record Refusal(int status, String body, Map<String, String> headers) implements LlmReply {
        public Refusal {
            headers = Map.copyOf(headers);
        }
    }

    /**
     * Bytes as they are, with status 200.
     *
     * @param parts each a chunk of its own
     * @param end what happens after the last
     */
    record Bytes(String contentType, List<byte[]> parts, End end) implements LlmReply {
        public Bytes {
            parts = List.copyOf(parts);
        }
    }

    /** How a reply of bytes ends. */
    enum End {
        /** In order. */
        COMPLETE,
        /** The connection is closed within a body whose end is marked, so that the client can tell. */
        CUT,
        /** The end of the connection is the end of the body, so that the client cannot tell. */
        CLOSED,
        /** Nothing comes any more, and the connection stays. */
        STALLED
    }

    /** No answer, until the client gives up. */
    record Silence() implements LlmReply {}

    static Answer answer(String... pieces) {
        return new Answer(List.of(pieces), List.of(), "stop", UsagePlace.AS_ASKED, Duration.ZERO);
    }

    static Refusal error(int status, String code, String message) {
        String body = "{\"error\":{\"message\":\"" + message + "\",\"type\":\"simulated\",\"param\":null,\"code\":\""
                + code + "\"}}";
        return new Refusal(status, body, Map.of());
    }

    /** An error that asks for patience, by a header of any of the kinds in use. */
    static Refusal tooMany(String header, String value) {
        return new Refusal(
                429,
                error(429, "rate_limit_exceeded", "simulated: too many requests")
                        .body(),
                Map.of(header, value));
    }

    static Bytes events(String text, End end) {
        return new Bytes("text/event-stream", List.of(text.getBytes(StandardCharsets.UTF_8)), end);
    }

    static Bytes lines(String text, End end) {
        return new Bytes("application/x-ndjson", List.of(text.getBytes(StandardCharsets.UTF_8)), end);
    }
}
