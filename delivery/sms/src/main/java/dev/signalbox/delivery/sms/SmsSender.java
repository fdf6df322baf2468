package dev.signalbox.delivery.sms;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.http.Exchange;
import dev.signalbox.http.HttpCall;
import dev.signalbox.http.HttpTransport;
import dev.signalbox.http.HttpTransportOptions;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands text messages to a provider over HTTP/1.1. Thread-safe; made for virtual threads, which it blocks.
 *
 * <table>
 * <caption>What happens, and what that means</caption>
 * <tr><th>What</th><th>Result</th></tr>
 * <tr><td>the provider answers</td><td>what its contract says ({@link SmsProvider#result})</td></tr>
 * <tr><td>it cannot be found or connected to, or the request cannot be written whole</td><td>not sent</td></tr>
 * <tr><td>the request was written, and no answer came</td><td>unknown</td></tr>
 * <tr><td>the number is none, the text is empty or too long</td><td>rejected, without asking the provider</td></tr>
 * </table>
 */
public final class SmsSender implements Sender, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SmsSender.class);

    private final SmsProvider provider;
    private final SmsOptions options;
    private final InstantSource clock;
    private final HttpTransport transport;

    private SmsSender(SmsProvider provider, SmsOptions options, InstantSource clock) {
        this.provider = provider;
        this.options = options;
        this.clock = clock;
        this.transport = HttpTransport.of(HttpTransportOptions.defaults()
                .withConnectTimeout(options.connectTimeout())
                .withKept(options.concurrency())
                .withTrust(options.trust()));
        warnOfRisks(provider.url(), options);
    }

    public static SmsSender of(SmsProvider provider, SmsOptions options) {
        return of(provider, options, InstantSource.system());
    }

    static SmsSender of(SmsProvider provider, SmsOptions options, InstantSource clock) {
        return new SmsSender(provider, options, clock);
    }

    /** Names no path and no query, in which a provider may want a secret. */
    private static void warnOfRisks(URI url, SmsOptions options) {
        if (!options.trust().verifies()) {
            LOG.warn("TLS to {} is NOT verified: anyone in between can read and answer messages", url.getHost());
        }
        if (!"https".equalsIgnoreCase(url.getScheme()) && !isLoopback(url.getHost())) {
            LOG.warn("messages and the token go to {} unencrypted: use https", url.getHost());
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
            number = options.number(delivery.address()).e164();
        } catch (IllegalArgumentException e) {
            return new SendResult.Rejected(String.valueOf(e.getMessage()));
        }
        return options.refusal(delivery.body())
                .<SendResult>map(why -> new SendResult.Rejected("the message " + why))
                .orElseGet(() -> sendAll(delivery, number, texts(delivery.body()), deadline));
    }

    private Duration allowed(Delivery delivery) {
        return delivery.remaining().compareTo(options.timeout()) < 0 ? delivery.remaining() : options.timeout();
    }

    private List<String> texts(String body) {
        return switch (options.tooLong()) {
            case REJECT -> List.of(body);
            case SPLIT -> parts(SmsText.of(body));
            case TRUNCATE -> List.of(SmsText.of(body).truncate(options.limit()));
        };
    }

    private List<String> parts(SmsText text) {
        return text.fits(options.limit()) ? List.of(text.text()) : text.split(options.limit());
    }

    /** Several texts are one delivery, so if the first is out and another is not, neither "sent" nor "not sent" is true. */
    private SendResult sendAll(Delivery delivery, String number, List<String> texts, long deadline) {
        var first = send(delivery, new SmsMessage(number, texts.getFirst(), key(delivery, 0)), deadline);
        for (int i = 1; i < texts.size() && first instanceof SendResult.Accepted; i++) {
            var next = send(delivery, new SmsMessage(number, texts.get(i), key(delivery, i)), deadline);
            if (!(next instanceof SendResult.Accepted)) {
                return new SendResult.Unknown(
                        "the provider has " + i + " of " + texts.size() + " parts, and for the next: " + reason(next));
            }
        }
        return first;
    }

    private static String key(Delivery delivery, int part) {
        return delivery.idempotencyKey() + (part == 0 ? "" : ".p" + (part + 1));
    }

    private static String reason(SendResult result) {
        return switch (result) {
            case SendResult.Accepted _ -> "accepted";
            case SendResult.NotSent notSent -> notSent.reason();
            case SendResult.Rejected rejected -> rejected.reason();
            case SendResult.Unknown unknown -> unknown.reason();
        };
    }

    private SendResult send(Delivery delivery, SmsMessage message, long deadline) {
        var left = Duration.ofNanos(deadline - System.nanoTime());
        return switch (transport.exchange(request(delivery, message), left)) {
            case Exchange.Answered(var answer) -> provider.result(answer, clock.instant());
            case Exchange.NotWritten(var reason) -> new SendResult.NotSent(reason, Optional.empty());
            case Exchange.NoAnswer(var reason) -> new SendResult.Unknown(reason);
        };
    }

    HttpCall request(Delivery delivery, SmsMessage message) {
        HttpCall request = provider.request(message).onlyIf(delivery::mayBegin);
        return delivery.traceparent()
                .map(trace -> request.withHeader("traceparent", trace))
                .orElse(request);
    }

    @Override
    public Channel channel() {
        return Channel.SMS;
    }

    /** Includes what the transport may take beyond the option's time. */
    @Override
    public Duration timeout() {
        return options.timeout().plus(HttpTransport.OVERRUN);
    }

    @Override
    public int concurrency() {
        return options.concurrency();
    }

    @Override
    public boolean sharesProvider() {
        return true;
    }

    @Override
    public Duration keyLifetime() {
        return provider.keyLifetime();
    }

    /** Closes the connections. Sends under way end as unknown. */
    @Override
    public void close() {
        transport.close();
    }
}
