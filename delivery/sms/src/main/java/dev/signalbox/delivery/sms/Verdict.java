package dev.signalbox.delivery.sms;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.http.HttpAnswer;
import dev.signalbox.http.RetryAfter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an answer means for a delivery. The table is in {@link HttpSmsSender}'s Javadoc.
 *
 * <p>Why a readable body is asked for with 200: captive portals, firewalls and maintenance pages answer 200 with HTML.
 * To believe the status alone would lose messages in silence. An empty body is believed: then the status is the answer.
 */
final class Verdict {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final int LONGEST_QUOTE = 200;
    private static final int LONGEST_ID = 255;

    private Verdict() {}

    static SendResult of(HttpAnswer answer, InstantSource clock) {
        return switch (answer.status()) {
            case 200, 201, 202 -> accepted(answer);
            case 408, 425, 429, 503 -> new SendResult.NotSent(quote(answer), retryAfter(answer, clock));
            case 401, 403, 404, 405, 407, 421 ->
                refusedAccount(quote(answer) + " (check the URL and the token)");
            case 301, 302, 307, 308 ->
                refusedAccount(quote(answer) + " (redirects are not followed: check the URL)");
            default ->
                answer.status() / 100 == 4
                        ? new SendResult.Rejected(quote(answer))
                        : new SendResult.Unknown(quote(answer));
        };
    }

    private static SendResult refusedAccount(String reason) {
        return new SendResult.NotSent(reason, Optional.empty(), SendResult.Scope.ACCOUNT);
    }

    private static SendResult accepted(HttpAnswer answer) {
        if (!answer.whole()) {
            return new SendResult.Unknown(quote(answer) + " (and the rest of it is missing)");
        }
        if (answer.body().isEmpty()) {
            return new SendResult.Accepted(Optional.empty());
        }
        try {
            var body = JSON.readTree(answer.body());
            if (body.isObject()) {
                return new SendResult.Accepted(messageId(body));
            }
        } catch (JacksonException notJson) {
            return new SendResult.Unknown(quote(answer) + " (not the provider's JSON)");
        }
        return new SendResult.Unknown(quote(answer) + " (not a JSON object)");
    }

    private static Optional<String> messageId(JsonNode body) {
        var id = body.path("messageId");
        return id.isString() || id.isNumber()
                ? Optional.of(id.asString()).filter(text -> !text.isEmpty() && text.length() <= LONGEST_ID)
                : Optional.empty();
    }

    private static Optional<Duration> retryAfter(HttpAnswer answer, InstantSource clock) {
        return RetryAfter.of(answer::header, clock.instant())
                .map(wait -> wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
    }

    private static String quote(HttpAnswer answer) {
        var text = answer.body().replaceAll("\\p{Cntrl}+", " ").strip();
        var shown = text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
        return "the provider answered " + answer.status() + (shown.isEmpty() ? "" : ": " + shown);
    }
}
