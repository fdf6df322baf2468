package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.DispatchOptions;
import dev.signalbox.delivery.queue.Retry;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.NodeSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The queue, its dispatcher and the live channel.
 *
 * @param journal where the dispatcher keeps its journal, if it does
 * @param maxAttempts of a step, for messages that do not say
 */
record DeliverySettings(
        DispatchOptions dispatch, Optional<Path> journal, int maxAttempts, int liveConcurrency, Duration liveTimeout) {

    static DeliverySettings read(Reading reading) {
        return new DeliverySettings(
                DispatchOptions.DEFAULT
                        .withLease(reading.get(DeliveryKeys.LEASE))
                        .withPoll(reading.get(DeliveryKeys.POLL))
                        .withRetry(retry(reading)),
                journal(reading),
                reading.get(DeliveryKeys.ATTEMPTS),
                reading.get(DeliveryKeys.LIVE_CONCURRENCY),
                reading.get(DeliveryKeys.LIVE_TIMEOUT));
    }

    private static Optional<Path> journal(Reading reading) {
        return reading.get(DeliveryKeys.JOURNAL)
                ? Optional.of(NodeSettings.read(reading).dataFolder().resolve("attempts.journal"))
                : Optional.empty();
    }

    private static Retry retry(Reading reading) {
        var base = reading.get(DeliveryKeys.RETRY_BASE);
        var max = reading.get(DeliveryKeys.RETRY_MAX);
        boolean inOrder = base.compareTo(max) <= 0;
        reading.check(inOrder, DeliveryKeys.RETRY_BASE, "is longer than " + DeliveryKeys.RETRY_MAX.path());
        return inOrder
                ? new Retry(
                        base,
                        reading.get(DeliveryKeys.RETRY_FACTOR),
                        max,
                        reading.get(DeliveryKeys.RETRY_JITTER),
                        Retry.DEFAULT.maxRetryAfter())
                : Retry.DEFAULT;
    }
}
