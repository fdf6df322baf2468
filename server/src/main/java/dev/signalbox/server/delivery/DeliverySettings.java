package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.ClusterLimits;
import dev.signalbox.delivery.queue.DispatchOptions;
import dev.signalbox.delivery.queue.QuietTimes;
import dev.signalbox.delivery.queue.Rate;
import dev.signalbox.delivery.queue.Retention;
import dev.signalbox.delivery.queue.Retry;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.NodeSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The queue, its dispatcher and the live channel.
 *
 * @param journal where the dispatcher keeps its journal, if it does
 * @param messagesTable whether rows of the table {@code messages} are taken in
 * @param maxAttempts of a step, for messages that do not say
 * @param logic that messages may be sent to
 */
record DeliverySettings(
        DispatchOptions dispatch,
        Optional<Path> journal,
        boolean messagesTable,
        int maxAttempts,
        int liveConcurrency,
        Duration liveTimeout,
        Set<String> logic,
        Duration logicTimeout) {

    static DeliverySettings read(Reading reading) {
        return new DeliverySettings(
                DispatchOptions.DEFAULT
                        .withLease(reading.get(DeliveryKeys.LEASE))
                        .withPoll(reading.get(DeliveryKeys.POLL))
                        .withRetry(retry(reading))
                        .withBreaker(reading.get(DeliveryKeys.BREAKER))
                        .withLimits(limits(reading))
                        .withQuiet(QuietTimes.NONE
                                .withChannels(byChannel(reading, DeliveryKeys.QUIET_HOURS))
                                .withExempt(exempt(reading)))
                        .withRetention(new Retention(
                                reading.find(DeliveryKeys.RETENTION_SENT),
                                reading.find(DeliveryKeys.RETENTION_UNSENT))),
                journal(reading),
                reading.get(DeliveryKeys.MESSAGES_TABLE),
                reading.get(DeliveryKeys.ATTEMPTS),
                reading.get(DeliveryKeys.LIVE_CONCURRENCY),
                reading.get(DeliveryKeys.LIVE_TIMEOUT),
                Set.copyOf(reading.find(DeliveryKeys.LOGIC_NAMES).orElse(List.of())),
                reading.get(DeliveryKeys.LOGIC_TIMEOUT));
    }

    private static Set<String> exempt(Reading reading) {
        return reading.get(DeliveryKeys.QUIET_EXEMPT).stream()
                .map(category -> category.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    private static Optional<Path> journal(Reading reading) {
        return reading.get(DeliveryKeys.JOURNAL)
                ? Optional.of(NodeSettings.read(reading).dataFolder().resolve("attempts.journal"))
                : Optional.empty();
    }

    private static ClusterLimits limits(Reading reading) {
        ClusterLimits limits = ClusterLimits.NONE
                .withRates(byChannel(reading, DeliveryKeys.RATES))
                .withRecipients(byChannel(reading, DeliveryKeys.RECIPIENT_RATES))
                .withConcurrency(byChannel(reading, DeliveryKeys.CLUSTER_CONCURRENCY));
        boolean paced = reading.isGiven(DeliveryKeys.PACE_MESSAGES) || reading.isGiven(DeliveryKeys.PACE_INTERVAL);
        return paced
                ? limits.withPace(
                        new Rate(reading.get(DeliveryKeys.PACE_MESSAGES), reading.get(DeliveryKeys.PACE_INTERVAL)))
                : limits;
    }

    private static <T> Map<Channel, T> byChannel(Reading reading, Key<T> key) {
        Map<Channel, T> values = new HashMap<>();
        reading.named(key).forEach((name, value) -> {
            try {
                values.put(new Channel(name), value);
            } catch (IllegalArgumentException wrong) {
                reading.check(false, key, "'" + name + "' is not the name of a channel, such as sms");
            }
        });
        return values;
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
