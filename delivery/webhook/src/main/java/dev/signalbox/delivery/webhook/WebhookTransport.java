package dev.signalbox.delivery.webhook;

import dev.signalbox.http.Exchange;
import dev.signalbox.http.HttpCall;
import dev.signalbox.http.HttpTransport;
import dev.signalbox.http.HttpTransportOptions;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** Makes one attempt: looks up, checks, signs, posts. Connects to nothing but addresses that have just been checked. */
final class WebhookTransport implements AutoCloseable {
    /** How much longer than its time an attempt may take. */
    static final Duration GRACE = HttpTransport.OVERRUN;

    private static final int LARGEST_ANSWER = 16 * 1024;
    private static final int MOST_ADDRESSES = 4;

    private final WebhookTargets targets;
    private final Duration connectTimeout;
    private final HttpTransport http;
    private final InstantSource clock;

    WebhookTransport(WebhookOptions options, InstantSource clock) {
        this.targets = options.targets();
        this.connectTimeout = options.connectTimeout();
        this.clock = clock;
        this.http = HttpTransport.of(HttpTransportOptions.defaults()
                .withConnectTimeout(options.connectTimeout())
                .withKept(options.concurrency())
                .withLargestBody(LARGEST_ANSWER)
                .withTrust(options.trust()));
    }

    /** Posts within the call's time, and returns soon after it at the latest. */
    Exchange post(WebhookCall call) throws TargetException {
        long deadline = System.nanoTime() + call.remaining().toNanos();
        Duration patience = call.remaining().compareTo(connectTimeout) < 0 ? call.remaining() : connectTimeout;
        List<InetAddress> addresses = targets.addresses(call.url(), patience);
        HttpCall request = request(call);
        Exchange exchange = new Exchange.NotWritten("no address was tried");
        for (InetAddress address : addresses.stream().limit(MOST_ADDRESSES).toList()) {
            exchange = http.exchange(request.to(address), Duration.ofNanos(deadline - System.nanoTime()));
            if (!(exchange instanceof Exchange.NotWritten) || !call.mayBegin().getAsBoolean()) {
                break;
            }
        }
        return exchange;
    }

    private HttpCall request(WebhookCall call) {
        long timestamp = clock.instant().getEpochSecond();
        byte[] body = call.bytes();
        HttpCall request = HttpCall.post(call.url())
                .withHeader("User-Agent", "signalbox")
                .withHeader("Accept", "*/*")
                .withHeader("webhook-id", call.id())
                .withHeader("webhook-timestamp", Long.toString(timestamp))
                .withHeader("webhook-signature", call.signatures(timestamp, body))
                .withBody(call.contentType(), body)
                .onlyIf(call.mayBegin());
        return call.traceparent()
                .map(trace -> request.withHeader("traceparent", trace))
                .orElse(request);
    }

    @Override
    public void close() {
        http.close();
    }
}
