package dev.signalbox.delivery.queue;

import java.time.Duration;

/**
 * A provider's adapter for one channel. Called on virtual threads, up to {@link #concurrency()} at a time, so it must be
 * thread-safe and may block. An exception it throws counts as {@link SendResult.Unknown}: nobody knows how far it came.
 */
public interface Sender {
    Channel channel();

    /** Attempts one delivery, within {@link Delivery#remaining()}. */
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
}
