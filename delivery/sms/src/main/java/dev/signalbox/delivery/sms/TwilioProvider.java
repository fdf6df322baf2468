package dev.signalbox.delivery.sms;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.http.HttpAnswer;
import dev.signalbox.http.HttpCall;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Twilio's Programmable Messaging, API version 2010-04-01: {@code POST /Accounts/{Sid}/Messages.json}. Immutable.
 *
 * <p>It knows no idempotency keys, and its documentation of error 20500 says that a message may have been sent all the same. So
 * every 5xx is unknown.
 */
public final class TwilioProvider implements SmsProvider {
    public static final URI USUAL_URL = URI.create("https://api.twilio.com");

    /** The parameter of the callback's URL with the message's key: Twilio keeps no reference of its customers. */
    static final String KEY = "ref";

    /** They speak of the sender's number or the account; see the list of errors in Twilio's documentation. */
    private static final Set<Integer> ACCOUNT =
            Set.of(20003, 20005, 20403, 21212, 21603, 21606, 21618, 21659, 21660, 21661, 21701, 21703, 21704, 30002);

    private static final Set<Integer> TOO_MANY = Set.of(14107, 20429, 21611, 30001);

    private final URI url;
    private final HttpCall call;
    private final String from;
    private final Optional<URI> callback;

    private TwilioProvider(URI url, HttpCall call, String from, Optional<URI> callback) {
        this.url = url;
        this.call = call;
        this.from = from;
        this.callback = callback;
    }

    /**
     * With the account's own token.
     *
     * @param base {@link #USUAL_URL}, or another region's or a test's
     * @param account its SID, {@code AC} and 32 hexadecimal digits
     * @param token its token; not shown by {@link #toString}
     * @param from a number in E.164, a name of letters, or the SID of a messaging service, which begins with {@code MG}
     * @throws IllegalArgumentException if one of them cannot be used; the token is not repeated
     */
    public static TwilioProvider of(URI base, String account, String token, String from) {
        if (!account.matches("AC[0-9a-fA-F]{32}")) {
            throw new IllegalArgumentException("'" + account + "' is not AC and 32 hexadecimal digits");
        }
        if (from.isBlank()) {
            throw new IllegalArgumentException(
                    "from is empty: it is a number, a name or the SID of a messaging service");
        }
        var url = Requests.below(base, "/2010-04-01/Accounts/" + account + "/Messages.json");
        String login = Base64.getEncoder().encodeToString((account + ":" + token).getBytes(StandardCharsets.UTF_8));
        var call = Requests.post(url).withHeader("Authorization", "Basic " + login);
        return new TwilioProvider(url, call, from, Optional.empty());
    }

    /** With a URL to which Twilio reports what becomes of each message. */
    public TwilioProvider withCallback(URI reports) {
        return new TwilioProvider(url, call, from, Optional.of(reports));
    }

    @Override
    public URI url() {
        return url;
    }

    @Override
    public HttpCall request(SmsMessage message) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("To", message.to());
        form.put(from.matches("MG[0-9a-fA-F]{32}") ? "MessagingServiceSid" : "From", from);
        form.put("Body", message.text());
        form.put(
                "StatusCallback",
                callback.map(reports -> withKey(reports, message.key())).orElse(""));
        return Requests.withForm(call, form);
    }

    private static String withKey(URI reports, String key) {
        return reports + (reports.getRawQuery() == null ? "?" : "&") + KEY + "=" + key;
    }

    @Override
    public SendResult result(HttpAnswer answer, Instant now) {
        var json = Answers.json(answer);
        if (answer.status() == 201) {
            return created(json, answer, now);
        }
        int code = json.map(object -> object.path("code").asInt(0)).orElse(0);
        return Answers.refusal(meaning(answer.status(), code), answer, "", now);
    }

    private static SendResult created(Optional<JsonNode> json, HttpAnswer answer, Instant now) {
        var failed = json.map(object -> object.path("status").asString(""))
                .filter(status -> status.equals("failed") || status.equals("undelivered") || status.equals("canceled"));
        if (failed.isPresent()) {
            return Answers.refusal(AnswerMeaning.REJECTED, answer, "", now);
        }
        var sid = json.flatMap(object -> Answers.id(object.path("sid")));
        return sid.isPresent()
                ? new SendResult.Accepted(sid)
                : Answers.refusal(AnswerMeaning.UNKNOWN, answer, "no sid in it", now);
    }

    /** The code counts before the status. */
    private static AnswerMeaning meaning(int status, int code) {
        if (ACCOUNT.contains(code)) {
            return AnswerMeaning.ACCOUNT;
        }
        if (TOO_MANY.contains(code)) {
            return AnswerMeaning.NOT_SENT;
        }
        return StatusContract.usual().of(status);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "TwilioProvider[" + url + ", from " + from + "]";
    }
}
