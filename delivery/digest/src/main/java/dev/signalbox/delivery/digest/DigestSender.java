package dev.signalbox.delivery.digest;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueueException;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.delivery.queue.Step;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * The channel {@code digest}: gathers messages for recipients on other channels, and closes windows when the queue says that it is
 * time. The address is a channel and an address there, as in {@code digest:email:alice@example.com}; what it must be alike in to
 * become one message are the headers {@code category}, {@code recipient}, {@code content-type}, {@code digest-key} and
 * {@code digest-template}; {@code digest-window} says how long one is open.
 */
public final class DigestSender implements Sender {
    public static final Channel DIGEST = new Channel("digest");

    /** How the addresses begin of the messages that close windows; no channel has this name. */
    public static final String WINDOW = "window:";

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /**
     * A composer that reads a template takes a second connection while the first holds the window. One at a time, a node does not
     * wait for connections that it holds itself.
     */
    private static final int CONCURRENCY = 1;

    private final Digests digests;

    public DigestSender(Digests digests) {
        this.digests = digests;
    }

    @Override
    public Channel channel() {
        return DIGEST;
    }

    @Override
    public SendResult send(Delivery delivery) {
        try {
            return delivery.begin(() -> delivery.address().startsWith(WINDOW)
                    ? new SendResult.Accepted(digests.close(delivery.id()).map(UUID::toString))
                    : gather(delivery));
        } catch (DatabaseException | DeliveryQueueException e) {
            return new SendResult.NotSent("the database of the digests failed: " + e.getMessage(), Optional.empty());
        } catch (DigestException e) {
            return new SendResult.NotSent("the digest cannot be made: " + e.getMessage(), Optional.empty());
        }
    }

    private SendResult gather(Delivery delivery) {
        Step to;
        DigestItem item;
        try {
            to = Step.parse(delivery.address());
            item = DigestItem.of(delivery);
        } catch (IllegalArgumentException e) {
            return new SendResult.Rejected("it cannot be part of a digest: " + e.getMessage());
        }
        return new SendResult.Accepted(Optional.of(digests.gather(to, item).toString()));
    }

    @Override
    public Duration timeout() {
        return TIMEOUT;
    }

    @Override
    public int concurrency() {
        return CONCURRENCY;
    }

    /** As long as a gathered message is kept, a repetition finds it. */
    @Override
    public Duration keyLifetime() {
        return Digests.REPEATS;
    }
}
