package dev.signalbox.delivery.sms;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.http.HttpAnswer;
import dev.signalbox.http.HttpCall;
import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sinch's SMS API: {@code POST /xms/v1/{service plan}/batches}. Immutable.
 *
 * <p>It knows no idempotency keys; {@code client_reference} comes back in its reports.
 */
public final class SinchProvider implements SmsProvider {
    public static final URI USUAL_URL = URI.create("https://us.sms.api.sinch.com");

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final URI url;
    private final HttpCall call;
    private final String from;
    private final Optional<URI> callback;

    private SinchProvider(URI url, HttpCall call, String from, Optional<URI> callback) {
        this.url = url;
        this.call = call;
        this.from = from;
        this.callback = callback;
    }

    /**
     * With a service plan and its token.
     *
     * @param base {@link #USUAL_URL}, or another region's or a test's
     * @param plan the id of the service plan: letters, digits, hyphens and underscores
     * @param token not shown by {@link #toString}
     * @param from a number, a short code or a name
     * @throws IllegalArgumentException if one of them cannot be used; the token is not repeated
     */
    public static SinchProvider of(URI base, String plan, String token, String from) {
        if (!plan.matches("[\\w-]+") || from.isBlank()) {
            throw new IllegalArgumentException("the service plan has other characters than letters, digits, hyphens and"
                    + " underscores, or from is empty");
        }
        var url = Requests.below(base, "/xms/v1/" + plan + "/batches");
        var call = Requests.post(url).withHeader("Authorization", "Bearer " + token);
        return new SinchProvider(url, call, from, Optional.empty());
    }

    /** With a URL to which Sinch reports what becomes of each message. */
    public SinchProvider withCallback(URI reports) {
        return new SinchProvider(url, call, from, Optional.of(reports));
    }

    @Override
    public URI url() {
        return url;
    }

    @Override
    public HttpCall request(SmsMessage message) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("from", from);
        body.put("to", List.of(message.to()));
        body.put("body", message.text());
        body.put("client_reference", message.key());
        callback.ifPresent(reports -> {
            body.put("delivery_report", "per_recipient");
            body.put("callback_url", reports.toString());
        });
        return call.withBody(Requests.JSON, JSON.writeValueAsBytes(body));
    }

    @Override
    public SendResult result(HttpAnswer answer, Instant now) {
        return Answers.taken(answer, 201, now);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "SinchProvider[" + url + ", from " + from + "]";
    }
}
