package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.List;

/**
 * A provider's adapter for one channel. {@link #send} is called on virtual threads, up to {@link #concurrency()} at a time, so
 * it must be thread-safe and may block. What it throws, be it an Error, counts as {@link SendResult.Unknown}: nobody knows how
 * far it came. The other methods are asked once, when a dispatcher is built.
 */
public interface Sender {
    Channel channel();

    /**
     * Attempts one delivery, within {@link Delivery#remaining()}. Ask {@link Delivery#mayBegin()} immediately before the first
     * byte that can have an effect; what is {@linkplain SendResult.Rejected rejected} before that counts as this adapter's word,
     * and says nothing of the provider. An attempt that ignores its time and an interrupt keeps its place among the
     * {@link #concurrency()} until it ends.
     *
     * @return how it ended; null counts as {@link SendResult.Unknown}
     */
    SendResult send(Delivery delivery) throws InterruptedException;

    /** The longest an attempt can take. No attempt starts on a lease that does not outlast it. */
    Duration timeout();

    /** How many attempts may be under way at a time on one node. */
    int concurrency();

    /**
     * How long the provider recognises a repeated {@link Delivery#idempotencyKey()}. Within it an unknown outcome is
     * retried safely; beyond it (and always for {@link Duration#ZERO}) it is parked for a person.
     */
    Duration keyLifetime();

    /**
     * Whether an attempt that ended without an answer may have reached the person for good. False where only an
     * acknowledgement counts, as on the channel of connected clients: there an attempt that was cut short, by a crash or an
     * interrupt, counts as not sent, and the next step's turn comes.
     */
    default boolean leavesDoubt() {
        return true;
    }

    /**
     * Whether one provider takes all messages of this channel, so that failures in a row are its own and not those of the
     * messages. Then a circuit breaker pauses the channel on this node after {@link DispatchOptions#breaker} of them. False where
     * each address has a server of its own, or where being away is usual, as with connected clients.
     */
    default boolean sharesProvider() {
        return false;
    }

    /**
     * How long to wait after each attempt that failed, where the channel has a custom of its own: the first of these after the
     * first attempt, and after the last of them that one again, each up to a tenth longer. If empty, the dispatcher's
     * {@link Retry} decides.
     */
    default List<Duration> schedule() {
        return List.of();
    }
}
