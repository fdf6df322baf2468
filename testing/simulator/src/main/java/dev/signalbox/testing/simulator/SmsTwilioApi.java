package dev.signalbox.testing.simulator;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** {@code POST /2010-04-01/Accounts/{Sid}/Messages.json} as Twilio's OpenAPI description and its list of errors have it. */
final class SmsTwilioApi implements SmsApi {
    private static final Pattern PATH = Pattern.compile("/2010-04-01/Accounts/(AC[0-9a-fA-F]{32})/Messages\\.json");
    private static final String BASIC = "Basic ";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Override
    public boolean takes(String path) {
        return PATH.matcher(path).matches();
    }

    @Override
    public Asked read(Request request) {
        var path = PATH.matcher(request.path());
        String account = path.matches() ? path.group(1) : "";
        var form = form(request.body());
        return new Asked(
                password(request.authorization(), account),
                account,
                first(form, "To"),
                first(form, "From").isEmpty()
                                && first(form, "MessagingServiceSid").isEmpty()
                        ? ""
                        : first(form, "Body"),
                Optional.empty());
    }

    static Map<String, List<String>> form(String body) {
        return new QueryStringDecoder(body, false).parameters();
    }

    static String first(Map<String, List<String>> form, String name) {
        return form.getOrDefault(name, List.of("")).getFirst();
    }

    /** Empty if the user of the header is not the account of the path. */
    private static String password(String authorization, String account) {
        try {
            byte[] login = Base64.getDecoder()
                    .decode(authorization.startsWith(BASIC) ? authorization.substring(BASIC.length()) : "");
            String text = new String(login, StandardCharsets.UTF_8);
            return text.startsWith(account + ":") ? text.substring(account.length() + 1) : "";
        } catch (IllegalArgumentException notBase64) {
            return "";
        }
    }

    @Override
    public Reply.Answer accepted(Asked asked, String messageId) {
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("account_sid", asked.account());
        message.put("sid", "SM" + hex(messageId));
        message.put("to", asked.phone());
        message.put("body", asked.text());
        message.put("status", "queued");
        message.put("direction", "outbound-api");
        message.put("error_code", null);
        message.put("error_message", null);
        return new Reply.Answer(201, JSON.writeValueAsString(message), OptionalLong.empty());
    }

    private static String hex(String messageId) {
        return UUID.nameUUIDFromBytes(messageId.getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "");
    }

    @Override
    public Reply.Answer refused(Asked asked, Refusal refusal) {
        return switch (refusal) {
            case UNAUTHORIZED -> error(401, 20003, "Authenticate");
            case INCOMPLETE ->
                asked.phone().isBlank()
                        ? error(400, 21604, "A 'To' phone number is required.")
                        : error(400, 21602, "Message body is required.");
            case REFUSED_NUMBER -> error(400, 21610, "Attempt to send to unsubscribed recipient");
            case TOO_MANY -> error(429, 20429, "Too Many Requests");
            case SERVER_ERROR -> error(500, 20500, "Internal Server Error");
            case KEY_TOO_LONG, KEY_CONFLICT -> throw new IllegalStateException("there are no keys");
        };
    }

    private static Reply.Answer error(int status, int code, String message) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("code", code);
        body.put("message", message);
        body.put("more_info", "https://www.twilio.com/docs/errors/" + code);
        body.put("status", status);
        return new Reply.Answer(status, JSON.writeValueAsString(body), OptionalLong.empty());
    }
}
