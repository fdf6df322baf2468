package dev.signalbox.delivery.sms;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.http.Exchange;
import dev.signalbox.http.HttpCall;
import dev.signalbox.http.HttpTransport;
import dev.signalbox.http.HttpTransportOptions;
import dev.signalbox.tls.Trust;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * Hands text messages to a provider over HTTP/1.1: {@code POST} of {@code {"phone_number": …, "content": …}} with a
 * bearer token and the delivery's {@code Idempotency-Key}; the answer is {@code {"message": …, "messageId": …}}.
 * Thread-safe; made for virtual threads, which it blocks.
 *
 * <table>
 * <caption>What the provider does, and what that means</caption>
 * <tr><th>The provider</th><th>Result</th></tr>
 * <tr><td>200, 201, 202 with a JSON object or an empty body</td><td>accepted; {@code messageId} is kept</td></tr>
 * <tr><td>200, 201, 202 with anything else</td><td>unknown: somebody in between may have answered</td></tr>
 * <tr><td>408, 425, 429, 503</td><td>not sent; Retry-After is honoured, up to an hour</td></tr>
 * <tr><td>401, 403, 404, 405, 407, 421, redirects</td><td>not sent: they speak of our account or settings, which pauses the
 * channel and costs the message no attempt</td></tr>
 * <tr><td>other 4xx</td><td>rejected</td></tr>
 * <tr><td>other 5xx and everything else</td><td>unknown: it may have failed after it sent</td></tr>
 * <tr><td>cannot be found or connected to, or the request cannot be written whole</td><td>not sent</td></tr>
 * <tr><td>no whole answer to a whole request</td><td>unknown</td></tr>
 * </table>
 *
 * <p>A number that is not one, and a body that is empty or too long, are rejected without asking the provider.
 */
public final class HttpSmsSender implements Sender, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpSmsSender.class);
    private static final ObjectWriter BODIES = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build()
            .writerFor(Body.class);

    private record Body(String phoneNumber, String content) {}

    private final HttpSmsOptions options;
    private final InstantSource clock;
    private final HttpTransport transport;
    private final HttpCall call;

    /** @throws IllegalArgumentException if the CA file cannot be used */
    public HttpSmsSender(HttpSmsOptions options) {
        this(options, InstantSource.system());
    }

    HttpSmsSender(HttpSmsOptions options, InstantSource clock) {
        this.options = options;
        this.clock = clock;
        this.transport = transport(options);
        this.call = HttpCall.post(options.url())
                .withHeader("Authorization", "Bearer " + options.token())
                .withHeader("Accept", "application/json")
                .withHeader("User-Agent", "signalbox");
        warnOfRisks(options);
    }

    private static HttpTransport transport(HttpSmsOptions options) {
        return HttpTransport.of(HttpTransportOptions.defaults()
                .withConnectTimeout(options.connectTimeout())
                .withKept(options.concurrency())
                .withTrust(Trust.of(options.caFile(), options.insecure())));
    }

    private static void warnOfRisks(HttpSmsOptions options) {
        if (options.insecure()) {
            LOG.warn("TLS to {} is NOT verified: anyone in between can read and answer messages", options.url());
        }
        if (!options.secure() && !isLoopback(options.url().getHost())) {
            LOG.warn("messages and the token go to {} unencrypted: use https", options.url());
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Override
    public SendResult send(Delivery delivery) {
        long deadline = System.nanoTime() + allowed(delivery).toNanos();
        String number;
        try {
            number = PhoneNumber.parse(
                            delivery.address(), options.defaultRegion().orElse(null))
                    .e164();
        } catch (IllegalArgumentException e) {
            return new SendResult.Rejected(String.valueOf(e.getMessage()));
        }
        return refusal(delivery.body()).orElseGet(() -> post(delivery, number, deadline));
    }

    private Duration allowed(Delivery delivery) {
        return delivery.remaining().compareTo(options.timeout()) < 0 ? delivery.remaining() : options.timeout();
    }

    private Optional<SendResult> refusal(String body) {
        int length = body.codePointCount(0, body.length());
        if (body.isBlank()) {
            return Optional.of(new SendResult.Rejected("the message is empty"));
        }
        return length <= options.maxLength()
                ? Optional.empty()
                : Optional.of(new SendResult.Rejected(
                        "the message has " + length + " characters, " + options.maxLength() + " are allowed"));
    }

    private SendResult post(Delivery delivery, String number, long deadline) {
        byte[] body = BODIES.writeValueAsBytes(new Body(number, delivery.body()));
        var request =
                call.withHeader("Idempotency-Key", delivery.idempotencyKey())
                        .withBody("application/json", body)
                        .onlyIf(delivery::mayBegin);
        var left = Duration.ofNanos(deadline - System.nanoTime());
        return switch (transport.exchange(request, left)) {
            case Exchange.Answered(var answer) -> Verdict.of(answer, clock);
            case Exchange.NotWritten(var reason) -> new SendResult.NotSent(reason, Optional.empty());
            case Exchange.NoAnswer(var reason) -> new SendResult.Unknown(reason);
        };
    }

    @Override
    public Channel channel() {
        return Channel.SMS;
    }

    /** Includes what the watch over hanging connections may take beyond the option's time. */
    @Override
    public Duration timeout() {
        return options.timeout().plus(HttpTransport.OVERRUN);
    }

    @Override
    public int concurrency() {
        return options.concurrency();
    }

    @Override
    public Duration keyLifetime() {
        return options.keyLifetime();
    }

    /** Closes the connections. Sends under way end as unknown. */
    @Override
    public void close() {
        transport.close();
    }
}
