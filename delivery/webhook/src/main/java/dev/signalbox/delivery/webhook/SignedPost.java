package dev.signalbox.delivery.webhook;

import dev.signalbox.http.Exchange;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Posts JSON to a URL once, outside the queue: signed as webhooks are, and to nothing but addresses that have just been checked. Thread-safe;
 * blocks, and so is for virtual threads.
 */
public final class SignedPost implements AutoCloseable {
    private final WebhookTransport transport;
    private final WebhookKey key;

    private SignedPost(WebhookOptions options, WebhookKey key) {
        this.transport = new WebhookTransport(options, InstantSource.system());
        this.key = key;
    }

    /** With these targets, this trust and this time to connect; what is told of endpoints and of the queue does not count. */
    public static SignedPost with(WebhookOptions options, WebhookKey key) {
        return new SignedPost(options, key);
    }

    /**
     * Posts, within the time given or a little more.
     *
     * @param id the header {@code webhook-id}, without dots: receivers know a repetition by it
     * @return a URL that leads nowhere that webhooks may go is {@link Exchange.NotWritten}
     */
    public Exchange post(URI url, String id, String json, Duration within) {
        try {
            return transport.post(new WebhookCall(
                    url, List.of(key), id, "application/json", json, Optional.empty(), within, () -> true));
        } catch (TargetException e) {
            return new Exchange.NotWritten("the URL " + e.getMessage());
        }
    }

    @Override
    public void close() {
        transport.close();
    }
}
