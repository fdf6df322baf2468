package dev.signalbox.spring;

import dev.signalbox.delivery.queue.DispatchOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The delivery queue and its dispatcher.
 *
 * @param enabled Whether there is a DeliveryQueue.
 * @param dispatch Whether this application sends what is in the queue, by its Sender beans. Otherwise it only enqueues.
 * @param lease How long a node may be silent before others take over what it was sending.
 * @param pollInterval How often to look for due messages of which no notification arrived.
 * @param drainTimeout How long to wait on shutdown for what is being sent.
 * @param journal File that says after a crash what was with a sender then. Each process needs one of its own. Without it, all that a killed node held is in doubt.
 * @param retry How long to wait between attempts.
 * @param retention How long messages are kept after their end.
 * @param breaker When a channel whose provider fails is paused.
 */
@ConfigurationProperties("signalbox.delivery")
record DeliveryProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("true") boolean dispatch,
        @DefaultValue("20s") Duration lease,
        @DefaultValue("1s") Duration pollInterval,
        @DefaultValue("20s") Duration drainTimeout,
        @Nullable Path journal,
        @DefaultValue Retry retry,
        @DefaultValue Retention retention,
        @DefaultValue Breaker breaker) {

    /**
     * The wait between attempts.
     *
     * @param base Wait after the first failed attempt.
     * @param factor Factor by which each wait is longer than the one before.
     * @param max Longest wait; at least the base.
     * @param jitter Part of each wait that is random, 0 to 1.
     * @param maxRetryAfter Longest wish of a provider that is granted.
     */
    record Retry(
            @DefaultValue("2s") Duration base,
            @DefaultValue("2") double factor,
            @DefaultValue("10m") Duration max,
            @DefaultValue("0.2") double jitter,
            @DefaultValue("1h") Duration maxRetryAfter) {
        dev.signalbox.delivery.queue.Retry toOptions() {
            return new dev.signalbox.delivery.queue.Retry(base, factor, max, jitter, maxRetryAfter);
        }
    }

    /**
     * How long messages are kept.
     *
     * @param sent How long messages are kept after they were sent. Without it, for ever.
     * @param unsent The same for those that are dead, rejected, expired or cancelled.
     */
    record Retention(@Nullable Duration sent, @Nullable Duration unsent) {
        dev.signalbox.delivery.queue.Retention toOptions() {
            return new dev.signalbox.delivery.queue.Retention(Optional.ofNullable(sent), Optional.ofNullable(unsent));
        }
    }

    /**
     * The circuit breaker.
     *
     * @param failures So many failures in a row of a channel's provider pause the channel on this node; 0 for never.
     */
    record Breaker(@DefaultValue("10") int failures) {}

    DispatchOptions options() {
        return DispatchOptions.DEFAULT
                .withLease(lease)
                .withPoll(pollInterval)
                .withRetry(retry.toOptions())
                .withRetention(retention.toOptions())
                .withBreaker(breaker.failures());
    }
}
