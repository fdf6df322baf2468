package dev.signalbox.delivery.webhook;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.http.Exchange;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channel {@code webhook}: posts a message's body, signed, to the endpoint that its address names, or to the URL that it
 * is. Of a delivery's headers it knows {@code content-type}, in any case; without it, a body that begins like JSON is
 * {@code application/json}, and any other {@code text/plain}. Thread-safe; made for virtual threads, which it blocks.
 *
 * <table>
 * <caption>What happens, and what that means</caption>
 * <tr><th>What happens</th><th>Result</th></tr>
 * <tr><td>2xx</td><td>accepted</td></tr>
 * <tr><td>410</td><td>rejected, and the endpoint is disabled</td></tr>
 * <tr><td>any other answer, redirects included</td><td>not sent; Retry-After is honoured</td></tr>
 * <tr><td>the URL leads nowhere, or where webhooks may not go; no connection</td><td>not sent</td></tr>
 * <tr><td>no whole answer to a whole request</td><td>unknown; repeated, since receivers know a webhook by its id</td></tr>
 * <tr><td>the endpoint is not there, or disabled</td><td>rejected; {@code retry} sends it once that is mended</td></tr>
 * </table>
 *
 * <p>It is an idempotent sender: Standard Webhooks has receivers take a repeated {@code webhook-id} for what it is, so an
 * unknown outcome is repeated like any other failure, for {@link #KEY_LIFETIME}.
 */
public final class WebhookSender implements Sender, AutoCloseable {
    /** Longer than ten attempts take, with all that a message can wait in between. */
    public static final Duration KEY_LIFETIME = Duration.ofDays(7);

    /** The waits that Standard Webhooks suggests. With the attempt before the first of them, they span three days. */
    private static final List<Duration> SCHEDULE = List.of(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            Duration.ofHours(14),
            Duration.ofHours(20),
            Duration.ofHours(24));

    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);

    private final WebhookEndpoints endpoints;
    private final WebhookOptions options;
    private final EndpointWatch watch;
    private final WebhookListener listener;
    private final InstantSource clock;
    private final WebhookTransport transport;
    private final Circuits circuits = new Circuits(System::nanoTime);

    public WebhookSender(WebhookEndpoints endpoints, WebhookOptions options, WebhookListener listener) {
        this(endpoints, options, listener, InstantSource.system());
    }

    WebhookSender(WebhookEndpoints endpoints, WebhookOptions options, WebhookListener listener, InstantSource clock) {
        this.endpoints = endpoints;
        this.options = options;
        this.watch = new EndpointWatch(endpoints, options.disableAfter(), listener, clock);
        this.listener = listener;
        this.clock = clock;
        this.transport = new WebhookTransport(options, clock);
    }

    /** Whether an address is a URL, and not the id of an endpoint. */
    public static boolean isUrl(String address) {
        return address.contains("://");
    }

    @Override
    public Channel channel() {
        return Channel.WEBHOOK;
    }

    @Override
    public SendResult send(Delivery delivery) {
        try {
            return isUrl(delivery.address()) ? toUrl(delivery) : toEndpoint(delivery);
        } catch (IllegalArgumentException unfit) {
            return new SendResult.Rejected("it makes no request: " + unfit.getMessage());
        }
    }

    private SendResult toUrl(Delivery delivery) {
        if (options.urlKey().isEmpty()) {
            return new SendResult.Rejected("nothing signs messages to URLs here; make it an endpoint");
        }
        URI url = options.targets().parse(delivery.address());
        List<WebhookKey> keys = List.of(options.urlKey().get());
        return closed(delivery.address())
                .orElseGet(() -> tellingGone(
                        delivery.address(), attempt(delivery.address(), WebhookCall.of(delivery, url, keys))));
    }

    /** An endpoint is disabled after 410; a URL has only its listener to remember that. */
    private SendResult tellingGone(String url, SendResult result) {
        if (result instanceof SendResult.Rejected(String reason)) {
            tell(() -> listener.gone(url, reason));
        }
        return result;
    }

    private SendResult toEndpoint(Delivery delivery) {
        Optional<WebhookEndpoint> found;
        try {
            found = endpoints.recent(delivery.address());
        } catch (DatabaseException e) {
            return new SendResult.NotSent("the endpoint cannot be read: " + e.getMessage(), Optional.empty());
        }
        if (found.isEmpty()) {
            return new SendResult.Rejected("there is no endpoint " + delivery.address());
        }
        WebhookEndpoint endpoint = found.get();
        if (endpoint.disabled().isPresent()) {
            return new SendResult.Rejected("the endpoint " + endpoint.id() + " is disabled: "
                    + endpoint.disabled().get().reason() + "; enable it and replay what it missed");
        }
        List<WebhookKey> keys = WebhookCall.signing(endpoint, clock.instant());
        WebhookCall call = WebhookCall.of(delivery, endpoint.url(), keys);
        Optional<SendResult> closed = closed(endpoint.id());
        if (closed.isPresent()) {
            return closed.get();
        }
        SendResult result = attempt(endpoint.id(), call);
        if (call.mayBegin().getAsBoolean()) {
            watch.attempted(endpoint, result);
        }
        return result;
    }

    /** The result without an attempt, where the receiver is left alone for a while. */
    private Optional<SendResult> closed(String receiver) {
        return circuits.closedFor(receiver)
                .map(pause -> new SendResult.NotSent(
                        "not attempted, since the last " + Circuits.TRIP + " attempts or more got no answer",
                        Optional.of(pause)));
    }

    private SendResult attempt(String receiver, WebhookCall call) {
        try {
            Exchange exchange = transport.post(call);
            if (exchange instanceof Exchange.Answered) {
                circuits.answered(receiver);
            } else if (call.mayBegin().getAsBoolean()) {
                // Otherwise the lease ended it, not the receiver.
                circuits.unanswered(receiver);
            }
            return Verdict.of(exchange, clock.instant());
        } catch (TargetException refused) {
            circuits.unanswered(receiver);
            String reason = "the URL " + refused.getMessage();
            tell(() -> listener.refused(receiver, reason));
            return new SendResult.NotSent(reason, Optional.empty());
        }
    }

    private static void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.warn("the listener failed on what became of an attempt", e);
        }
    }

    /**
     * Posts JSON to an endpoint now, once, whether it is enabled or not; nothing of it is recorded.
     *
     * @param id the header {@code webhook-id}; without dots
     */
    public SendResult test(WebhookEndpoint endpoint, String id, String json) {
        WebhookCall call = WebhookCall.json(endpoint, id, json, options.timeout(), clock.instant());
        try {
            return Verdict.of(transport.post(call), clock.instant());
        } catch (TargetException refused) {
            return new SendResult.NotSent("the URL " + refused.getMessage(), Optional.empty());
        }
    }

    @Override
    public Duration timeout() {
        return options.timeout().plus(WebhookTransport.GRACE);
    }

    @Override
    public int concurrency() {
        return options.concurrency();
    }

    @Override
    public Duration keyLifetime() {
        return KEY_LIFETIME;
    }

    /** Only a 2xx counts as received. */
    @Override
    public boolean leavesDoubt() {
        return false;
    }

    @Override
    public List<Duration> schedule() {
        return SCHEDULE;
    }

    /** Closes the connections. Attempts under way end as unknown. */
    @Override
    public void close() {
        transport.close();
    }
}
