package dev.signalbox.delivery.sms;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.http.HttpAnswer;
import dev.signalbox.http.HttpCall;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Amazon SNS: the action {@code Publish} to a phone number, by the query protocol of API version 2010-03-31. Immutable.
 *
 * <p>It knows no idempotency keys for text messages, and reports what became of them only in CloudWatch's logs.
 */
public final class SnsProvider implements SmsProvider {
    private static final Pattern HOST = Pattern.compile("sns\\.([a-z0-9-]+)\\.amazonaws\\.com(\\.cn)?");
    private static final Pattern ID = Pattern.compile("<MessageId>([\\w-]{1,100})</MessageId>");
    private static final Pattern CODE = Pattern.compile("<Code>(\\w{1,100})</Code>");
    private static final Set<String> TOO_MANY = Set.of("Throttled", "Throttling", "ThrottlingException");

    private static final Set<String> ACCOUNT = Set.of(
            "AuthorizationError",
            "AccessDenied",
            "AccessDeniedException",
            "ExpiredToken",
            "IncompleteSignature",
            "InvalidClientTokenId",
            "MissingAuthenticationToken",
            "OptInRequired",
            "RequestExpired",
            "SignatureDoesNotMatch");

    private final URI url;
    private final HttpCall call;
    private final AwsSignature signature;
    private final String from;
    private final InstantSource clock;

    private SnsProvider(URI url, AwsSignature signature, String from, InstantSource clock) {
        this.url = url;
        this.signature = signature;
        this.from = from;
        this.clock = clock;
        call = HttpCall.post(url).withHeader("User-Agent", "signalbox");
    }

    /**
     * With an access key.
     *
     * @param url the region's, such as {@code https://sns.eu-central-1.amazonaws.com}
     * @param keyId the access key's id
     * @param secret not shown by {@link #toString}
     * @param from the sender's id, 1 to 11 letters and digits
     * @throws IllegalArgumentException if one of them cannot be used; the secret is not repeated
     */
    public static SnsProvider of(URI url, String keyId, String secret, String from, InstantSource clock) {
        var host = HOST.matcher(String.valueOf(url.getHost()));
        if (!host.matches()) {
            throw new IllegalArgumentException(
                    "the URL names no region: it is such as https://sns.eu-central-1.amazonaws.com");
        }
        return new SnsProvider(url, new AwsSignature(keyId, secret, host.group(1), "sns"), from, clock);
    }

    @Override
    public URI url() {
        return url;
    }

    @Override
    public HttpCall request(SmsMessage message) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("Action", "Publish");
        form.put("Version", "2010-03-31");
        form.put("PhoneNumber", message.to());
        form.put("Message", message.text());
        form.put("MessageAttributes.entry.1.Name", "AWS.SNS.SMS.SenderID");
        form.put("MessageAttributes.entry.1.Value.DataType", "String");
        form.put("MessageAttributes.entry.1.Value.StringValue", from);
        byte[] body = Requests.form(form);
        Instant now = clock.instant();
        return call.withHeader("X-Amz-Date", AwsSignature.time(now))
                .withHeader("Authorization", signature.authorization(url.getHost(), Requests.FORM, body, now))
                .withBody(Requests.FORM, body);
    }

    @Override
    public SendResult result(HttpAnswer answer, Instant now) {
        if (answer.status() == 200) {
            var id = answer.whole() ? first(ID, answer) : Optional.<String>empty();
            return id.isPresent()
                    ? new SendResult.Accepted(id)
                    : Answers.refusal(AnswerMeaning.UNKNOWN, answer, "no MessageId in it", now);
        }
        return Answers.refusal(meaning(answer.status(), first(CODE, answer).orElse("")), answer, "", now);
    }

    private static Optional<String> first(Pattern element, HttpAnswer answer) {
        var found = element.matcher(answer.body());
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }

    private static AnswerMeaning meaning(int status, String code) {
        if (TOO_MANY.contains(code)) {
            return AnswerMeaning.NOT_SENT;
        }
        if (ACCOUNT.contains(code)) {
            return AnswerMeaning.ACCOUNT;
        }
        return status / 100 == 2
                ? AnswerMeaning.UNKNOWN
                : StatusContract.usual().of(status);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "SnsProvider[" + url + ", from " + from + "]";
    }
}
