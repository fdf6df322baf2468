package dev.signalbox.delivery.sms;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.http.HttpAnswer;
import dev.signalbox.http.HttpCall;
import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Vonage's SMS API (formerly Nexmo): {@code POST /sms/json}. Immutable.
 *
 * <p>It answers 200 whatever happens, with one status for each part of the message. It knows no idempotency keys;
 * {@code client-ref} comes back in its reports.
 */
public final class VonageProvider implements SmsProvider {
    public static final URI USUAL_URL = URI.create("https://rest.nexmo.com");

    private static final String SENT = "0";
    private static final Set<String> TOO_MANY = Set.of("1", "10");
    private static final Set<String> ACCOUNT = Set.of("2", "4", "8", "9", "11", "14", "23", "32");
    private static final Set<String> REJECTED = Set.of("3", "6", "7", "12", "15", "22", "29", "33");
    private static final int LONGEST_REFERENCE = 100;

    private final URI url;
    private final HttpCall call;
    private final Map<String, String> account;
    private final String from;
    private final Optional<URI> callback;

    private VonageProvider(URI url, Map<String, String> account, String from, Optional<URI> callback) {
        this.url = url;
        this.account = account;
        this.from = from;
        this.callback = callback;
        call = Requests.post(url);
    }

    /**
     * With the account's key and secret.
     *
     * @param base {@link #USUAL_URL}, or a test's
     * @param secret not shown by {@link #toString}
     * @param from a number without plus, or a name of up to 11 letters and digits
     * @throws IllegalArgumentException if one of them cannot be used; the secret is not repeated
     */
    public static VonageProvider of(URI base, String key, String secret, String from) {
        if (key.isBlank() || secret.isBlank() || from.isBlank()) {
            throw new IllegalArgumentException("key, secret or from is empty");
        }
        var url = Requests.below(base, "/sms/json");
        return new VonageProvider(url, Map.of("api_key", key, "api_secret", secret), from, Optional.empty());
    }

    /** With a URL to which Vonage reports what becomes of each message. */
    public VonageProvider withCallback(URI reports) {
        return new VonageProvider(url, account, from, Optional.of(reports));
    }

    @Override
    public URI url() {
        return url;
    }

    @Override
    public HttpCall request(SmsMessage message) {
        Map<String, String> form = new LinkedHashMap<>(account);
        form.put("from", from);
        form.put("to", message.to().substring(1)); // Without the plus.
        form.put("text", message.text());
        form.put("type", Alphabet.of(message.text()) == Alphabet.GSM_7 ? "text" : "unicode");
        form.put("client-ref", message.key().substring(0, Math.min(message.key().length(), LONGEST_REFERENCE)));
        form.put("callback", callback.map(URI::toString).orElse(""));
        return Requests.withForm(call, form);
    }

    @Override
    public SendResult result(HttpAnswer answer, Instant now) {
        if (answer.status() != 200) {
            return Answers.refusal(StatusContract.usual().of(answer.status()), answer, "", now);
        }
        return Answers.json(answer)
                .map(object -> object.path("messages"))
                .filter(parts -> parts.isArray() && !parts.isEmpty())
                .map(parts -> ofParts(parts, answer, now))
                .orElseGet(() -> Answers.refusal(AnswerMeaning.UNKNOWN, answer, "no message in it", now));
    }

    private static SendResult ofParts(JsonNode parts, HttpAnswer answer, Instant now) {
        var statuses = parts.valueStream()
                .map(part -> part.path("status").asString(""))
                .collect(Collectors.toSet());
        if (statuses.size() > 1) {
            return Answers.refusal(AnswerMeaning.UNKNOWN, answer, "its parts fared differently", now);
        }
        String status = statuses.iterator().next();
        var id = Answers.id(parts.path(0).path("message-id"));
        return status.equals(SENT) && id.isPresent()
                ? new SendResult.Accepted(id)
                : Answers.refusal(meaning(status), answer, "", now);
    }

    private static AnswerMeaning meaning(String status) {
        if (TOO_MANY.contains(status)) {
            return AnswerMeaning.NOT_SENT;
        }
        if (ACCOUNT.contains(status)) {
            return AnswerMeaning.ACCOUNT;
        }
        return REJECTED.contains(status) ? AnswerMeaning.REJECTED : AnswerMeaning.UNKNOWN;
    }

    /** Without key and secret. */
    @Override
    public String toString() {
        return "VonageProvider[" + url + ", from " + from + "]";
    }
}
