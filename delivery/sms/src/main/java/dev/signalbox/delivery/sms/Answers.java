package dev.signalbox.delivery.sms;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.http.HttpAnswer;
import dev.signalbox.http.RetryAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the contracts of all providers need to read answers. */
final class Answers {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final int LONGEST_QUOTE = 200;
    private static final int LONGEST_ID = 255;

    private Answers() {}

    /** The body, if it is a whole JSON object. */
    static Optional<JsonNode> json(HttpAnswer answer) {
        if (!answer.whole()) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readTree(answer.body())).filter(JsonNode::isObject);
        } catch (JacksonException notJson) {
            return Optional.empty();
        }
    }

    /** A name that a provider gave to a message; empty if the node is none. */
    static Optional<String> id(JsonNode node) {
        return node.isString() || node.isNumber()
                ? Optional.of(node.asString()).filter(text -> !text.isBlank() && text.length() <= LONGEST_ID)
                : Optional.empty();
    }

    /**
     * What a provider says that answers {@code accepted}, and the message's id in {@code id}, for each message it takes. Another
     * status from 200 to 299 is none of its contract.
     */
    static SendResult taken(HttpAnswer answer, int accepted, Instant now) {
        if (answer.status() != accepted) {
            var meaning = answer.status() / 100 == 2
                    ? AnswerMeaning.UNKNOWN
                    : StatusContract.usual().of(answer.status());
            return refusal(meaning, answer, "", now);
        }
        var id = json(answer).flatMap(object -> id(object.path("id")));
        return id.isPresent()
                ? new SendResult.Accepted(id)
                : refusal(AnswerMeaning.UNKNOWN, answer, "no id in it", now);
    }

    /**
     * The result of an answer that is no acceptance.
     *
     * @param remark what a person should know besides the quoted answer; may be empty
     */
    static SendResult refusal(AnswerMeaning meaning, HttpAnswer answer, String remark, Instant now) {
        String reason = quote(answer) + (remark.isEmpty() ? "" : " (" + remark + ")");
        return switch (meaning) {
            case NOT_SENT -> new SendResult.NotSent(reason, retryAfter(answer, now));
            case ACCOUNT -> new SendResult.NotSent(reason, retryAfter(answer, now), SendResult.Scope.ACCOUNT);
            case REJECTED -> new SendResult.Rejected(reason);
            case ACCEPTED, UNKNOWN -> new SendResult.Unknown(reason);
        };
    }

    private static Optional<Duration> retryAfter(HttpAnswer answer, Instant now) {
        return RetryAfter.of(answer::header, now).map(wait -> wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
    }

    private static String quote(HttpAnswer answer) {
        var text = answer.body().replaceAll("\\p{Cntrl}+", " ").strip();
        var shown = text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
        return "the provider answered " + answer.status() + (shown.isEmpty() ? "" : ": " + shown)
                + (answer.whole() ? "" : " and the rest is missing");
    }
}
