package dev.signalbox.delivery.sms;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.http.HttpAnswer;
import dev.signalbox.http.HttpCall;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * A provider whose contract is configured: a POST of JSON with a bearer token and an {@code Idempotency-Key}, answered by JSON
 * with the message's id. Immutable; each {@code with…} returns another one.
 *
 * <p>Success takes both, a status that means so and an id where the contract has it: captive portals, firewalls and maintenance
 * pages answer 200, and so do providers that tell of a failure in the body.
 */
public final class GenericProvider implements SmsProvider {
    /** As go-message-dispatcher has it. */
    public static final String USUAL_BODY = "{\"phone_number\":\"{{to}}\",\"content\":\"{{text}}\"}";

    public static final String USUAL_ID = "/messageId";

    private final URI url;
    private final HttpCall call;
    private final BodyTemplate body;
    private final Optional<JsonPointer> id;
    private final List<Sign> failures;
    private final StatusContract statuses;
    private final Duration keyLifetime;

    /** Something in an answer that tells of a failure: a place that has any value, or a certain one. */
    private record Sign(JsonPointer place, Optional<String> value) {
        static Sign of(String written) {
            int equals = written.indexOf('=');
            String place = (equals < 0 ? written : written.substring(0, equals)).strip();
            return new Sign(
                    pointer(place),
                    equals < 0
                            ? Optional.empty()
                            : Optional.of(written.substring(equals + 1).strip()));
        }

        boolean isIn(JsonNode answer) {
            var node = answer.at(place);
            boolean there = !node.isMissingNode() && !node.isNull();
            return there
                    && value.map(wanted -> node.isValueNode() && wanted.equals(node.asString()))
                            .orElse(true);
        }
    }

    private GenericProvider(
            URI url,
            HttpCall call,
            BodyTemplate body,
            Optional<JsonPointer> id,
            List<Sign> failures,
            StatusContract statuses,
            Duration keyLifetime) {
        this.url = url;
        this.call = call;
        this.body = body;
        this.id = id;
        this.failures = failures;
        this.statuses = statuses;
        this.keyLifetime = keyLifetime;
    }

    /**
     * With {@link #USUAL_BODY}, {@link #USUAL_ID}, {@link StatusContract#usual()}, and no keys.
     *
     * @param token visible ASCII
     * @throws IllegalArgumentException if the URL or the token cannot be used; the token is not repeated
     */
    public static GenericProvider of(URI url, String token) {
        var call = Requests.post(url).withHeader("Authorization", "Bearer " + token);
        return new GenericProvider(
                url,
                call,
                BodyTemplate.of(USUAL_BODY),
                Optional.of(pointer(USUAL_ID)),
                List.of(),
                StatusContract.usual(),
                Duration.ZERO);
    }

    /**
     * The body of requests: JSON with {@code {{to}}}, {@code {{text}}} and, if need be, {@code {{key}}} within strings.
     *
     * @throws IllegalArgumentException if it is not such JSON
     */
    public GenericProvider withBody(String template) {
        return new GenericProvider(url, call, BodyTemplate.of(template), id, failures, statuses, keyLifetime);
    }

    /**
     * Where an answer has the message's id, as a JSON pointer (RFC 6901); empty if the status alone means success.
     *
     * @throws IllegalArgumentException if it is not a JSON pointer
     */
    public GenericProvider withId(String place) {
        var pointer = place.isEmpty() ? Optional.<JsonPointer>empty() : Optional.of(pointer(place));
        return new GenericProvider(url, call, body, pointer, failures, statuses, keyLifetime);
    }

    /**
     * What in an answer with a status of success tells that the message was refused, such as {@code /error} or
     * {@code /status=failed}: a JSON pointer, and the value if not any will do.
     *
     * @throws IllegalArgumentException if one does not begin with a JSON pointer
     */
    public GenericProvider withFailures(List<String> signs) {
        return new GenericProvider(
                url, call, body, id, signs.stream().map(Sign::of).toList(), statuses, keyLifetime);
    }

    public GenericProvider withStatuses(StatusContract contract) {
        return new GenericProvider(url, call, body, id, failures, contract, keyLifetime);
    }

    /**
     * How long the provider recognises a repeated key.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public GenericProvider withKeyLifetime(Duration lifetime) {
        if (lifetime.isNegative()) {
            throw new IllegalArgumentException("keyLifetime is negative");
        }
        return new GenericProvider(url, call, body, id, failures, statuses, lifetime);
    }

    private static JsonPointer pointer(String place) {
        if (!place.startsWith("/")) {
            throw new IllegalArgumentException("'" + place + "' is not a JSON pointer, such as /messages/0/id");
        }
        return JsonPointer.compile(place);
    }

    @Override
    public URI url() {
        return url;
    }

    @Override
    public Duration keyLifetime() {
        return keyLifetime;
    }

    @Override
    public HttpCall request(SmsMessage message) {
        return call.withHeader("Idempotency-Key", message.key()).withBody(Requests.JSON, body.fill(message));
    }

    @Override
    public SendResult result(HttpAnswer answer, Instant now) {
        var meaning = statuses.of(answer.status());
        return switch (meaning) {
            case ACCEPTED -> success(answer, now);
            case ACCOUNT -> Answers.refusal(meaning, answer, "check the URL, the token and the account", now);
            case NOT_SENT, REJECTED, UNKNOWN -> Answers.refusal(meaning, answer, "", now);
        };
    }

    private SendResult success(HttpAnswer answer, Instant now) {
        var json = Answers.json(answer);
        if (json.isPresent() && failures.stream().anyMatch(sign -> sign.isIn(json.get()))) {
            return Answers.refusal(AnswerMeaning.REJECTED, answer, "", now);
        }
        if (id.isEmpty()) {
            return new SendResult.Accepted(Optional.empty());
        }
        var found = json.flatMap(object -> Answers.id(object.at(id.get())));
        return found.isPresent()
                ? new SendResult.Accepted(found)
                : Answers.refusal(AnswerMeaning.UNKNOWN, answer, "no message id at " + id.get(), now);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "GenericProvider[" + call + "]";
    }
}
