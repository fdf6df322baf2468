package dev.signalbox.testing.simulator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** {@code POST /sms/json} as Vonage's OpenAPI description of its SMS API has it: 200, whatever happens. */
final class SmsVonageApi implements SmsApi {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Override
    public boolean takes(String path) {
        return path.equals("/sms/json");
    }

    @Override
    public Asked read(Request request) {
        var form = SmsTwilioApi.form(request.body());
        String to = SmsTwilioApi.first(form, "to");
        return new Asked(
                SmsTwilioApi.first(form, "api_secret"),
                SmsTwilioApi.first(form, "api_key"),
                to.isEmpty() ? "" : "+" + to,
                SmsTwilioApi.first(form, "from").isEmpty() ? "" : SmsTwilioApi.first(form, "text"),
                Optional.empty());
    }

    @Override
    public Reply.Answer accepted(Asked asked, String messageId) {
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("to", asked.phone().substring(1)); // As it came, without the plus.
        part.put("message-id", messageId);
        part.put("status", "0");
        part.put("remaining-balance", "3.14159265");
        part.put("message-price", "0.03330000");
        part.put("network", "12345");
        return answer(part);
    }

    @Override
    public Reply.Answer refused(Asked asked, Refusal refusal) {
        return switch (refusal) {
            case UNAUTHORIZED -> error("4", "Bad Credentials");
            case INCOMPLETE -> error("2", "Missing to, from or text param");
            case REFUSED_NUMBER -> error("7", "Number barred");
            case TOO_MANY -> error("1", "Throughput Rate Exceeded");
            case SERVER_ERROR -> error("5", "Internal Error");
            case KEY_TOO_LONG, KEY_CONFLICT -> throw new IllegalStateException("there are no keys");
        };
    }

    private static Reply.Answer error(String status, String text) {
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("status", status);
        part.put("error-text", text);
        return answer(part);
    }

    private static Reply.Answer answer(Map<String, Object> part) {
        return Reply.Answer.ok(JSON.writeValueAsString(Map.of("message-count", "1", "messages", List.of(part))));
    }
}
