package dev.signalbox.testing.simulator;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** {@code POST /send} of {@code {"phone_number": …, "content": …}} with a bearer token, and with keys. */
final class SmsGenericApi implements SmsApi {
    private static final String BEARER = "Bearer ";
    private static final ObjectReader REQUESTS = JsonMapper.builder().build().readerFor(Message.class);

    private record Message(
            @JsonProperty("phone_number") @Nullable String phoneNumber,
            @Nullable String content) {}

    @Override
    public boolean takes(String path) {
        return path.equals("/send");
    }

    @Override
    public Asked read(Request request) {
        var message = parse(request.body());
        String token = request.authorization();
        return new Asked(
                token.startsWith(BEARER) ? token.substring(BEARER.length()) : "",
                "",
                Objects.requireNonNullElse(message.phoneNumber(), ""),
                Objects.requireNonNullElse(message.content(), ""),
                request.key());
    }

    private static Message parse(String body) {
        try {
            Message message = REQUESTS.readValue(body);
            return message == null ? new Message(null, null) : message;
        } catch (JacksonException unreadable) {
            return new Message(null, null);
        }
    }

    @Override
    public Reply.Answer accepted(Asked asked, String messageId) {
        return Reply.Answer.ok("{\"message\":\"Accepted\",\"messageId\":\"" + messageId + "\"}");
    }

    @Override
    public Reply.Answer refused(Asked asked, Refusal refusal) {
        return switch (refusal) {
            case UNAUTHORIZED -> Reply.Answer.error(401, "the token is wrong");
            case INCOMPLETE -> Reply.Answer.error(400, "phone_number and content are required");
            case KEY_TOO_LONG ->
                Reply.Answer.error(400, "the Idempotency-Key is longer than " + SmsProvider.LONGEST_KEY);
            case REFUSED_NUMBER -> Reply.Answer.error(422, "the number is refused");
            case KEY_CONFLICT -> Reply.Answer.error(422, "the Idempotency-Key belongs to another message");
            case TOO_MANY -> Reply.Answer.error(429, "simulated TOO_MANY");
            case SERVER_ERROR -> Reply.Answer.error(500, "simulated SERVER_ERROR");
        };
    }
}
