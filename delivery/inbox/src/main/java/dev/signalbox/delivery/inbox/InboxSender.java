package dev.signalbox.delivery.inbox;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Puts messages into inboxes; the address is the recipient. An attempt that is repeated adds nothing, so what the database left
 * open is simply tried again. These headers count, in any case: {@code subject}, {@code content-type} ({@code text/html} or
 * else plain), {@code category}. Thread-safe.
 */
public final class InboxSender implements Sender {
    /** The channel's name. */
    public static final Channel INBOX = new Channel("inbox");

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int CONCURRENCY = 8;

    private final Inboxes inboxes;

    public InboxSender(Inboxes inboxes) {
        this.inboxes = inboxes;
    }

    @Override
    public Channel channel() {
        return INBOX;
    }

    @Override
    public SendResult send(Delivery delivery) {
        InboxItem item;
        try {
            item = item(delivery);
        } catch (IllegalArgumentException e) {
            return new SendResult.Rejected("it cannot be kept: " + e.getMessage());
        }
        try {
            return delivery.begin(() -> {
                inboxes.add(item);
                return new SendResult.Accepted(Optional.of(item.id()));
            });
        } catch (DatabaseException e) {
            return new SendResult.NotSent("the inbox's database failed: " + e.getMessage(), Optional.empty());
        }
    }

    private static InboxItem item(Delivery delivery) {
        return InboxItem.of(delivery.address(), delivery.idempotencyKey(), delivery.body())
                .withSubject(delivery.header("subject"))
                .withHtml(delivery.header("content-type")
                        .filter(type -> type.toLowerCase(Locale.ROOT).startsWith("text/html"))
                        .isPresent())
                .withCategory(delivery.header("category"));
    }

    @Override
    public Duration timeout() {
        return TIMEOUT;
    }

    @Override
    public int concurrency() {
        return CONCURRENCY;
    }

    /** As long as the item is kept, a repetition finds it. */
    @Override
    public Duration keyLifetime() {
        return inboxes.limits().retention();
    }
}
